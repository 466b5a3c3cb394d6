using System.Diagnostics;
using System.Text.Json;

namespace Coterie.EndToEnd.Nodes;

/// <summary>The sample with three hospitals, run as its page says.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task RunScript_FromNothing_EndsWithTheModelOfOneProcess()
    {
        using var place = new Workspace();
        var sample = Path.Combine(Workspace.Samples, "04-three-hospitals");
        using var consortium = await NodeConsortium.CreateAsync(participants: 0);
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(sample, "run.sh"));
        start.ArgumentList.Add(place["run"]);
        Cli.MakeBrief(start);
        start.Environment["COTERIE"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "coterie.dll")}";
        start.Environment["PORT"] = $"{consortium.Port}";
        using (var script = new NodeProcess(Process.Start(start)!, "run.sh")) await script.EndsAsync(0);

        await Cli.SucceedAsync(place.Folder, "train", Path.Combine(sample, "task.yaml"), "--out", "expected", "--no-baselines");
        var (expected, given) = (Read(place["expected/metrics.json"]), Read(place["run/results/three-hospitals/metrics.json"]));
        Assert.Equal(expected.GetProperty("test").GetRawText(), given.GetProperty("test").GetRawText());
        Assert.False(given.TryGetProperty("train", out _));
        foreach (var file in new[] { "model.json", "history.csv", "leakage.json", "predictions.csv", "report.html" }) Assert.True(File.Exists(place[$"run/results/three-hospitals/{file}"]), file);
        Assert.Equal("353", Read(place["run/results/three-hospitals/model.json"]).GetProperty("card").GetProperty("training_rows").GetString());
        Assert.Single(Directory.GetFiles(place["run/homes/hospital-a/results"], "leakage.json", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("01-diabetes-ridge")]
    [InlineData("04-three-hospitals")]
    public async Task TrainWithProcesses_OfASample_GivesTheFilesOfOneProcess(string sample)
    {
        using var place = new Workspace();
        var task = Path.Combine(Workspace.Samples, sample, "task.yaml");
        await Cli.SucceedAsync(place.Folder, "train", task, "--out", "one");
        var result = await Cli.SucceedAsync(place.Folder, "train", task, "--processes", "--out", "many", "--json");
        Assert.Equal(sample[3..], result.Json.GetProperty("task").GetString());
        Assert.Equal(Directory.GetFiles(place["one"]).Select(Path.GetFileName).Order(), Directory.GetFiles(place["many"]).Select(Path.GetFileName).Order());
        foreach (var same in new[] { "model.json", "leakage.json", "predictions.csv" }) Assert.Equal(File.ReadAllText(place["one/" + same]), File.ReadAllText(place["many/" + same]));
        var (one, many) = (Read(place["one/metrics.json"]), Read(place["many/metrics.json"]));
        foreach (var same in new[] { "train", "test", "centralised", "local", "rounds" }) Assert.Equal(one.GetProperty(same).GetRawText(), many.GetProperty(same).GetRawText());
        Assert.Equal(
            one.GetProperty("bytes_sent").EnumerateObject().Select(p => p.Name), many.GetProperty("bytes_sent").EnumerateObject().Where(p => p.Value.GetInt64() > 0).Select(p => p.Name));
    }

    [Fact]
    public async Task TrainWithProcesses_InFederatedMode_IsBitIdentical_AndLeavesNothing()
    {
        using var place = new Workspace();
        place.WriteData();
        place.WriteTask(privacy: "{ mode: federated, model-to: all }", participants: "{ count: 3, by: dirichlet, alpha: 1 }");
        place.Write("tmp/.keep", "");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one", "--seed", "5", "--no-baselines");
        using var process = Process.Start(Cli.StartInfo(place.Folder, ["train", "task.yaml", "--processes", "--out", "many", "--seed", "5", "--no-baselines"], ("TMPDIR", place["tmp"])))!;
        using (var run = new NodeProcess(process, "train --processes"))
        {
            await run.EndsAsync(0);
        }
        Assert.Equal(File.ReadAllText(place["one/model.json"]), File.ReadAllText(place["many/model.json"]));
        Assert.Empty(Directory.GetDirectories(place["tmp"], "coterie-*"));
    }

    [Fact]
    public async Task TrainWithProcesses_OverRowsThatTheLearnerRefuses_EndsWithTheReason()
    {
        using var place = new Workspace();
        place.WriteData(cell: (i, name) => i == 7 && name == "a" ? "NA" : "");
        place.WriteTask(preprocessing: "[]", privacy: "{ mode: federated }");
        var result = await Cli.RunAsync(place.Folder, "train", "task.yaml", "--processes", "--out", "many");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("missing value", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["many"]));
    }

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement.Clone();
}
