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

    /// <summary>Together is as good as pooled, up to the resolution of masked sums.</summary>
    private static void AssertEqualsPooled(JsonElement run)
    {
        var results = run.GetProperty("results");
        var metric = run.GetProperty("learner").GetString() switch { "ridge-regression" => "mse", "k-means" => "inertia", _ => "log_loss" };
        var (together, pooled) = (results.GetProperty("test").GetProperty(metric).GetDouble(), results.GetProperty("centralised").GetProperty("test").GetProperty(metric).GetDouble());
        Assert.InRange(together, pooled * (1 - 1e-6), pooled * (1 + 1e-6));
    }
}
