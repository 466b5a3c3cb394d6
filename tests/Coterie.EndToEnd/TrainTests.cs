using System.Diagnostics;
using System.Text.Json;

namespace Coterie.EndToEnd;

public sealed class TrainTests
{
    [Theory]
    [InlineData("01-diabetes-ridge", "MSE")]
    [InlineData("02-breast-cancer-logistic", "AUC")]
    [InlineData("03-wine-clusters", "inertia")]
    public async Task Train_Sample_WritesItsResults(string sample, string metric)
    {
        using var place = new Workspace();
        var result = await Cli.SucceedAsync(place.Folder, "train", TaskOf(sample), "--out", "results", "--no-baselines");
        Assert.Contains(metric, result.Output, StringComparison.Ordinal);
        Assert.Contains("report.html", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        foreach (var name in new[] { "model.json", "metrics.json", "history.csv", "leakage.json", "report.html" }) Assert.True(File.Exists(place[$"results/{name}"]), name);
        using var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/metrics.json"]));
        Assert.True(metrics.RootElement.GetProperty("rounds").GetInt32() > 0);
    }

    // Rounds over fewer participants are what the task asks for, and nobody has left.
    [Fact]
    public async Task Train_Sampled_SaysSoAndDoesNotSayThatSomebodyLeft()
    {
        using var place = new Workspace();
        File.WriteAllText(place["task.yaml"], $$"""
            task: sampled
            data: { file: {{Path.Combine(Workspace.Samples, "data", "breast_cancer_wdbc.csv")}}, participants: { count: 8 } }
            preprocessing: [ standardize ]
            learner: { name: logistic-regression, solver: gradient-descent }
            privacy: { mode: secure-aggregation }
            sampling: { fraction: 0.5 }
            stop: { rounds: 4 }
            """);
        const string Note = "4 of 8 participants take part in a round";
        Assert.Contains(Note, (await Cli.SucceedAsync(place.Folder, "plan", "task.yaml")).Output, StringComparison.Ordinal);
        Assert.Equal(4, (await Cli.SucceedAsync(place.Folder, "plan", "task.yaml", "--json")).Json.GetProperty("participants_per_round").GetInt32());
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "results", "--no-baselines");
        var leakage = await File.ReadAllTextAsync(place["results/leakage.json"]);
        Assert.Contains(Note, leakage, StringComparison.Ordinal);
        Assert.DoesNotContain("left during the run", leakage, StringComparison.Ordinal);
    }

    // From public terms: 97 weights, 4 bits and 4 participants give 64-bit entries 8 fields each; the first two rounds are whole.
    [Fact]
    public async Task Train_Compressed_SaysWhatThatSavesAndCosts()
    {
        using var place = new Workspace();
        place.WriteData();
        var task = place.WriteTask("{ name: neural-network, hidden: [24], epochs: 12, compression: quantised, compression-bits: 4 }");
        const long Whole = 97 + 2, Packed = 16 + 2, Target = 3;
        var ratio = (double)(Target + (12 * (Whole - 1))) / (Target + Whole + (11 * Packed));

        var plan = (await Cli.SucceedAsync(place.Folder, "plan", task, "--json")).Json;
        Check(plan.GetProperty("compression"));
        Assert.Equal(8 * ((Whole - 1 - Packed) * 11 - 1), plan.GetProperty("bytes_saved_by_compression").GetProperty("each_participant").GetInt64());
        const string Sentence = "times shorter than uncompressed ones; by its grid, rounding takes";
        Assert.Contains(Sentence, Flat((await Cli.SucceedAsync(place.Folder, "plan", task)).Output), StringComparison.Ordinal);
        Assert.Contains(Sentence, Flat((await Cli.SucceedAsync(place.Folder, "train", task, "--out", "results", "--no-baselines")).Output), StringComparison.Ordinal);
        using var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/metrics.json"]));
        Check(metrics.RootElement.GetProperty("compression"));
        Assert.Contains(Sentence, await File.ReadAllTextAsync(place["results/report.html"]), StringComparison.Ordinal);

        var whole = place.WriteTask("{ name: neural-network, hidden: [24], epochs: 2 }");
        Assert.False((await Cli.SucceedAsync(place.Folder, "plan", whole, "--json")).Json.TryGetProperty("compression", out _));

        void Check(JsonElement compression)
        {
            Assert.Equal(ratio, compression.GetProperty("ratio").GetDouble(), 1e-12);
            Assert.InRange(compression.GetProperty("error").GetDouble(), 0.1, 0.12);
            Assert.True(compression.GetProperty("error_feedback").GetBoolean());
        }

        static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Train_WithoutOut_WritesBelowTheTaskName()
    {
        using var place = new Workspace();
        place.WriteData();
        var result = await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(), "--json");
        Assert.Equal("trial", result.Json.GetProperty("task").GetString());
        Assert.Equal(1, result.Json.GetProperty("seed").GetInt32());
        Assert.Equal(place["coterie-results/trial"], result.Json.GetProperty("folder").GetString());
        Assert.True(result.Json.GetProperty("results").GetProperty("centralised").GetProperty("train").GetProperty("mse").GetDouble() >= 0);
        Assert.True(File.Exists(place["coterie-results/trial/model.json"]));
    }

    [Fact]
    public async Task Train_FolderNotEmpty_IsRefusedBeforeTrainingAndReplacedWithForce()
    {
        using var place = new Workspace();
        place.WriteData();
        var task = place.WriteTask();
        place.Write("results/mine.txt", "kept");
        place.Write("results/predictions.csv", "of an earlier run with a test part");
        await Cli.RefuseAsync(place.Folder, ["train", task, "--out", "results"], "results", "not empty", "--force");
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(place["results"]).Count());

        await Cli.SucceedAsync(place.Folder, "train", task, "--out", "results", "--force");

        Assert.True(File.Exists(place["results/model.json"]));
        Assert.True(File.Exists(place["results/mine.txt"]));
        Assert.False(File.Exists(place["results/predictions.csv"]));
    }

    [Fact]
    public async Task Train_SameSeed_GivesTheSameModel()
    {
        using var place = new Workspace();
        place.WriteData();
        var task = place.WriteTask("{ name: k-means, k: 2, restarts: 2 }", more: "  columns: { exclude: [ y ] }\n");
        foreach (var (folder, seed) in new[] { ("one", "7"), ("two", "7") }) await Cli.SucceedAsync(place.Folder, "train", task, "--out", folder, "--seed", seed);
        Assert.Equal(await File.ReadAllTextAsync(place["one/model.json"]), await File.ReadAllTextAsync(place["two/model.json"]));
    }

    [Fact]
    public async Task Train_Verbose_TellsEveryRoundOnStandardError()
    {
        using var place = new Workspace();
        place.WriteData();
        var result = await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(), "--verbose", "--json");
        Assert.Contains("standardize: round 1", result.Error, StringComparison.Ordinal);
        Assert.Contains("ridge-regression: round 1", result.Error, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, result.Json.ValueKind);
    }

    [Fact]
    public async Task Train_Interrupted_EndsWithOneAndWritesNothing()
    {
        if (OperatingSystem.IsWindows()) return;
        using var place = new Workspace();
        place.WriteData(rows: 200, cell: (row, column) => column == "y" ? $"{row % 2}" : "");
        // Rounds for minutes, of which the first is waited for.
        var task = place.WriteTask("{ name: logistic-regression, solver: gradient-descent, step: 0.0001 }", preprocessing: "[ standardize ]\nstop: { rounds: 1000000, tolerance: 0 }");
        using var process = Cli.Start(place.Folder, "train", task, "--verbose");
        Assert.NotNull(await process.StandardError.ReadLineAsync());      // the first round is over
        // Not the interrupt of a terminal, which a process started in the background may have been told to ignore; both end the same way.
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var over = patience.Token.Register(() => process.Kill());
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("nothing was written", error, StringComparison.Ordinal);
        Assert.DoesNotContain("at Coterie.", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["coterie-results"]));
    }

    [Fact]
    public async Task Train_FilesOfParticipants_AreMatchedByColumnName()
    {
        using var place = new Workspace();
        place.WriteData("one.csv", 10);
        place.Write("two.csv", "y,b,a\n" + string.Join('\n', Enumerable.Range(0, 12).Select(i => $"{(2 * i) - (i % 4)},{i % 4},{i}")) + "\n");
        place.WriteData("three.csv", 9);
        place.Write("task.yaml", "task: trial\ndata:\n  participants: [ { name: one, file: one.csv }, { name: two, file: two.csv }, { name: three, file: three.csv } ]\n  target: y\nlearner: ridge-regression\nprivacy: { mode: federated }\n");
        var result = await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--json");
        Assert.True(result.Json.GetProperty("results").GetProperty("train").GetProperty("r2").GetDouble() > 0.99);
    }

    [Theory]
    [InlineData("ridge-regression")]
    [InlineData("linear-regression")]
    public async Task Train_FewerRowsThanFeatures_GivesAModel(string learner)
    {
        using var place = new Workspace();
        var lines = Enumerable.Range(0, 9).Select(i => string.Join(',', Enumerable.Range(0, 12).Select(j => $"{Math.Sin((i * 13) + (j * 7)):F3}")) + $",{i * 1.5}");
        place.Write("data.csv", string.Join(',', Enumerable.Range(0, 12).Select(j => $"x{j}")) + ",y\n" + string.Join('\n', lines) + "\n");
        var result = await Cli.SucceedAsync(place.Folder, "train", place.WriteTask(learner, participants: "{ count: 3, by: round-robin }"), "--json");
        var r2 = result.Json.GetProperty("results").GetProperty("train").GetProperty("r2").GetDouble();
        Assert.InRange(r2, learner == "linear-regression" ? 1 - 1e-6 : 0.5, 1 + 1e-9);
    }

    private static string TaskOf(string sample) => Path.Combine(Workspace.Samples, sample, "task.yaml");
}
