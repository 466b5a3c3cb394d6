using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Coterie.EndToEnd;

/// <summary>External learners from the command line: the sample, and what a task or a model of somebody else's cannot make anybody run.</summary>
public sealed class ExternalTests
{
    /// <summary>Gives y = rows, whatever it is given.</summary>
    private const string Program = """
        while IFS= read -r line; do
          case "$line" in
            '{"type":"hello"'*) rows=${line#*'"rows":'}; rows=${rows%%,*}; echo '{"protocol":1}' ;;
            '{"type":"rows"'*) echo "{\"rows\":$rows}" ;;
            '{"type":"round"'*) round=${line#*'"round":'}; round=${round%%,*}; echo "{\"round\":$round,\"blocks\":{\"w\":[$rows]}}" ;;
            '{"type":"predict"'*) all=${line#*'"features":'}; awk -v s="$all" 'BEGIN { n = gsub(/\[/, "", s) - 1; printf "{\"predictions\":["; for (i = 1; i <= n; i++) printf "%s7", (i > 1 ? "," : ""); print "]}" }' ;;
            *) exit 0 ;;
          esac
        done

        """;

    private const string Learner = "{ name: external, blocks: { w: 1 }, bound: 1000, command: [ sh, program.sh ] }";

    [ScikitLearnFact]
    public async Task Sample_WithScikitLearn_ComesCloseToPooledScikitLearn()
    {
        using var place = new Workspace();
        var sample = Path.Combine(Workspace.Samples, "06-external-scikit-learn");
        var path = ("PATH", $"{ScikitLearnFactAttribute.Folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}");
        await RunAsync(Cli.StartInfo(place.Folder, ["train", Path.Combine(sample, "task.yaml"), "--out", "results", "--no-baselines"], path));
        using var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/metrics.json"]));
        var test = metrics.RootElement.GetProperty("test");

        var start = new ProcessStartInfo(Path.Combine(ScikitLearnFactAttribute.Folder!, "python3")) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(sample, "pooled.py"));
        foreach (var line in (await RunAsync(start)).TrimEnd().Split('\n'))
        {
            var pooled = line.Split(' ')[1..].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            // One of 114 test rows more or less is 0.009 of accuracy.
            Assert.InRange(test.GetProperty("auc").GetDouble() - pooled[0], -0.01, 0.01);
            Assert.InRange(test.GetProperty("accuracy").GetDouble() - pooled[1], -0.01, 0.01);
        }
        using var model = JsonDocument.Parse(await File.ReadAllTextAsync(place["results/model.json"]));
        Assert.Equal(30, model.RootElement.GetProperty("coefficients").GetArrayLength());
        Assert.False(model.RootElement.GetProperty("learner").GetProperty("parameters").TryGetProperty("command", out _));
    }

    [Fact]
    public async Task Train_WithProcesses_GivesTheModelOfOneProcess()
    {
        using var place = Place();
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "one", "--no-baselines");
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "many", "--no-baselines", "--processes");
        Assert.Equal(await File.ReadAllTextAsync(place["one/model.json"]), await File.ReadAllTextAsync(place["many/model.json"]));
        using var model = JsonDocument.Parse(await File.ReadAllTextAsync(place["one/model.json"]));
        Assert.Equal(10, model.RootElement.GetProperty("w").GetDouble(), 1e-6);
    }

    /// <summary>The attack: a model file of somebody else's that says what to run.</summary>
    [Fact]
    public async Task Predict_ModelThatNamesACommand_RunsOnlyWhatTheUserSays()
    {
        using var place = Place();
        await Cli.SucceedAsync(place.Folder, "train", "task.yaml", "--out", "results", "--no-baselines");
        var model = await File.ReadAllTextAsync(place["results/model.json"]);
        place.Write("theirs.json", model.Replace("\"bound\": 1000", "\"bound\": 1000, \"command\": [\"touch\", \"pwned\"]", StringComparison.Ordinal));
        Assert.Contains("pwned", await File.ReadAllTextAsync(place["theirs.json"]), StringComparison.Ordinal);
        foreach (var verb in new[] { "predict", "evaluate" })
        {
            await Cli.RefuseAsync(place.Folder, [verb, "theirs.json", "data.csv"], "nothing that a model file says is run", "--external");
            Assert.False(File.Exists(place["pwned"]));
            await Cli.SucceedAsync(place.Folder, verb, "theirs.json", "data.csv", "--external", "sh program.sh");
            Assert.False(File.Exists(place["pwned"]));
        }
        var predicted = await Cli.SucceedAsync(place.Folder, "predict", "theirs.json", "data.csv", "--external", "sh \"program.sh\"");
        Assert.Equal(40, predicted.Output.Split('\n').Count(line => line.EndsWith(",7", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Plan_OfAnExternalLearner_RunsNothing()
    {
        using var place = Place("{ name: external, blocks: { w: 3 }, bound: 10, command: [ touch, pwned ] }");
        var plan = await Cli.SucceedAsync(place.Folder, "plan", "task.yaml");
        Assert.Contains("w 3 x 1, share 1 x 1", plan.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(place["pwned"]));
    }

    [Fact]
    public async Task Train_WithoutACommand_IsRefused()
    {
        using var place = Place("{ name: external, blocks: { w: 3 }, bound: 10 }");
        await Cli.RefuseAsync(place.Folder, ["train", "task.yaml", "--out", "results"], "task.yaml:", "learner.command", "[python3, train.py]");
        await Cli.RefuseAsync(place.Folder, ["train", "task.yaml", "--out", "results", "--processes"], "task.yaml:", "learner.command", "[python3, train.py]");
    }

    [Fact]
    public async Task Train_ProgramFails_EndsWithItsNameAndItsLastWords()
    {
        using var place = Place("{ name: external, blocks: { w: 1 }, bound: 10, command: [ sh, -c, 'echo lost >&2; exit 4' ] }");
        var result = await Cli.RunAsync(place.Folder, "train", "task.yaml", "--out", "results");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: The program 'sh -c echo lost >&2; exit 4' had ended with exit code 4 at the start", result.Error, StringComparison.Ordinal);
        Assert.Contains("program: lost", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["results"]) && Directory.EnumerateFiles(place["results"]).Any());
    }

    private static Workspace Place(string learner = Learner)
    {
        var place = new Workspace();
        place.WriteData();
        place.Write("program.sh", Program.ReplaceLineEndings("\n"));
        place.WriteTask(learner, more: "stop: { rounds: 2 }\n");
        return place;
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, await error);
        return await output;
    }
}
