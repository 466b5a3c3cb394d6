using System.Text.Json;

namespace Coterie.EndToEnd;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_RunTwice_ReplacesItsOwnResults()
    {
        using var place = new Workspace();
        var first = await Cli.SucceedAsync(place.Folder, "demo");
        Assert.Contains("secure-aggregation", first.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("coterie-results", "demo", "report.html"), first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', first.Output + first.Error);
        Assert.All(first.Output.Split('\n'), line => Assert.True(line.Length <= 110, line));
        place.Write("coterie-results/demo/mine.txt", "kept");

        var second = await Cli.SucceedAsync(place.Folder, "demo", "--json");

        var runs = second.Json.GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(9, runs.Length);
        Assert.All(runs, AssertEqualsPooled);
        Assert.All(runs, run => Assert.True(File.Exists(Path.Combine(run.GetProperty("folder").GetString()!, "model.json"))));
        Assert.True(File.Exists(second.Json.GetProperty("report").GetString()));
        Assert.True(File.Exists(place["coterie-results/demo/mine.txt"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(place["coterie-results"], "*.partial"));
    }

    [Fact]
    public async Task Demo_FolderOfSomebodyElse_IsRefused()
    {
        using var place = new Workspace();
        place.Write("thesis/chapter.txt", "precious");
        await Cli.RefuseAsync(place.Folder, ["demo", "--out", "thesis"], "--out", "thesis", "not empty");
        Assert.Equal("precious", await File.ReadAllTextAsync(place["thesis/chapter.txt"]));
    }

    /// <summary>
    /// The shipped task of every cell is what the demo runs; files are written where COTERIE_UPDATE is 1. All learners take minutes, and run where soaks are long; elsewhere the quickest stands for them.
    /// </summary>
    [Theory]
    [InlineData("encrypted-data")]
    [InlineData("encrypted-model")]
    [InlineData("secret-sharing")]
    public async Task Demo_OfAMode_TrainsEveryLearnerByItsSample(string mode)
    {
        using var place = new Workspace();
        string[] learners = Environment.GetEnvironmentVariable("COTERIE_SOAK_SECONDS") is null
            ? ["kernel-regression"]
            : ["linear-regression", "ridge-regression", "kernel-regression", "logistic-regression", "multinomial-logistic-regression", "k-means", "budget-svm", "multiclass-budget-svm", "neural-network"];
        string[] choice = learners.Length == 1 ? ["--learner", learners[0]] : [];
        var runs = (await Cli.SucceedAsync(place.Folder, ["demo", "--mode", mode, "--json", .. choice])).Json.GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(
            learners,
            runs.Select(r => Path.GetFileName(r.GetProperty("folder").GetString()!)[..^(mode.Length + 1)]));
        foreach (var run in runs)
        {
            var folder = run.GetProperty("folder").GetString()!;
            var sample = Path.Combine(Workspace.Samples, "07-hidden-values", Path.GetFileName(folder) + ".yaml");
            var text = await File.ReadAllTextAsync(Path.Combine(folder, "task.yaml"));
            if (Environment.GetEnvironmentVariable("COTERIE_UPDATE") == "1") await File.WriteAllTextAsync(sample, text);
            Assert.Equal(await File.ReadAllTextAsync(sample), text);
            var results = run.GetProperty("results");
            var metric = new[] { "mse", "inertia", "log_loss" }.First(name => results.GetProperty("test").TryGetProperty(name, out _));
            var (together, pooled) = (results.GetProperty("test").GetProperty(metric).GetDouble(), results.GetProperty("centralised").GetProperty("test").GetProperty(metric).GetDouble());
            Assert.True(Math.Abs(together - pooled) <= 0.02 * pooled, $"{folder}: {metric} {together}, pooled {pooled}");
            Assert.All((string[])["model.json", "report.html", "history.csv", "leakage.json"], name => Assert.True(File.Exists(Path.Combine(folder, name)), name));
            var report = await File.ReadAllTextAsync(Path.Combine(folder, "report.html"));
            if (metric == "log_loss") Assert.Contains("onfusion", report, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Demo_OneLearnerInOneMode_TrainsThatAlone()
    {
        using var place = new Workspace();
        var result = await Cli.SucceedAsync(place.Folder, "demo", "--mode", "federated", "--learner", "budget-svm");
        Assert.Contains("budget-svm", result.Output, StringComparison.Ordinal);
        Assert.Contains("the coordinator sees every participant's contribution", string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(["budget-svm-federated", "data"], Directory.GetDirectories(place["coterie-results/demo"]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("--mode", "pom4", "secret-sharing")]
    [InlineData("--learner", "boosting", "kernel-regression")]
    public async Task Demo_UnknownChoice_NamesTheKnown(string option, string value, string known)
    {
        using var place = new Workspace();
        await Cli.RefuseAsync(place.Folder, ["demo", option, value], option, value, known);
    }

    /// <summary>Together is as good as pooled, up to the resolution of masked sums.</summary>
    private static void AssertEqualsPooled(JsonElement run)
    {
        var results = run.GetProperty("results");
        var metric = run.GetProperty("learner").GetString() switch { "ridge-regression" => "mse", "k-means" => "inertia", _ => "log_loss" };
        var (together, pooled) = (results.GetProperty("test").GetProperty(metric).GetDouble(), results.GetProperty("centralised").GetProperty("test").GetProperty(metric).GetDouble());
        Assert.InRange(together, pooled * (1 - 1e-6), pooled * (1 + 1e-6));
    }
}
