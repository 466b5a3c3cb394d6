using System.CommandLine;
using System.Text;
using Coterie.Cli.Demo;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Reports;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Privacy;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie demo</c>: bundled tasks in several modes, beside the pooled result.</summary>
internal static class DemoCommand
{
    /// <summary>Its presence tells an earlier demo's folder from somebody's own.</summary>
    private const string Marker = "demo.json";

    private const ulong Seed = 1;

    private static readonly Option<string> Out = new("--out") { Description = "Folder of the results; an earlier demo in it is replaced.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("coterie-results", "demo") };

    private static readonly Option<string?> Mode = new("--mode") { Description = "Train in this mode only; 'coterie modes' lists them.", HelpName = "MODE" };

    private static readonly Option<string?> Learner = new("--learner") { Description = $"Train this learner only: {DemoLearners.Names}.", HelpName = "LEARNER" };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "demo", "Five parties train on bundled data in several modes; compares the models, times and bytes with training on pooled rows.",
            "coterie demo", "coterie demo --mode secret-sharing --learner logistic-regression")
        { Mode, Learner, Out };
        Mode.CompletionSources.Add([.. ModeCatalogue.All.Select(m => m.Name)]);
        Learner.CompletionSources.Add([.. DemoLearners.All.Select(p => p.Name)]);
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var place = parsed.GetRequiredValue(Out);
        using var folder = ResultFolder.Open(place, File.Exists(Path.Combine(place, Marker)), "choose an empty or a new folder, or one with an earlier demo");
        var choice = DemoChoice.Of(parsed.GetValue(Mode), parsed.GetValue(Learner));
        var prepared = Prepare(folder.Staging, choice);
        if (!context.Json) DemoOutput.Introduce(context.Out, choice, [.. prepared.DistinctBy(p => p.Problem).Select(p => p.Task)]);
        var runs = await TrainAsync(context, prepared, cancellationToken);
        Write(folder, runs);
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit();
        if (context.Json) CommandContext.WriteJson(json => DemoOutput.WriteJson(json, runs, folder.Path));
        else DemoOutput.Summarise(context.Out, runs, folder.Path);
    }

    private static List<(DemoProblem Problem, DemoMode Mode, PreparedTask Task)> Prepare(string staging, DemoChoice choice)
    {
        DemoTasks.WriteData(Path.Combine(staging, "data"), choice.Problems);
        var prepared = new List<(DemoProblem, DemoMode, PreparedTask)>();
        foreach (var problem in choice.Problems)
            foreach (var mode in choice.Modes)
            {
                var place = Directory.CreateDirectory(Path.Combine(staging, DemoTasks.NameOf(problem, mode)));
                var file = Path.Combine(place.FullName, "task.yaml");
                File.WriteAllText(file, DemoTasks.TextOf(problem, mode), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                prepared.Add((problem, mode, PreparedTask.Prepare(TaskFile.Load(file), Seed)));
            }
        return prepared;
    }

    private static Task<List<DemoRun>> TrainAsync(
        CommandContext context, List<(DemoProblem Problem, DemoMode Mode, PreparedTask Task)> prepared, CancellationToken cancellationToken) =>
        TrainingProgress.ShowRunsAsync(context, prepared.Count, async (progress, begin, end) =>
        {
            var runs = new List<DemoRun>();
            foreach (var (problem, mode, task) in prepared)
            {
                begin($"{problem.Name}, {mode.Title}");
                runs.Add(new DemoRun(problem, mode, await TaskRunner.RunAsync(task, new RunOptions { Progress = progress }, cancellationToken)));
                end();
            }
            return runs;
        });

    private static void Write(ResultFolder folder, List<DemoRun> runs)
    {
        foreach (var run in runs) ResultFiles.Write(run.Result, Path.Combine(folder.Staging, run.Result.Task.File.Name));
        var report = ReportBuilder.Build(
            "Coterie demo", $"Five participants train {Count(runs.Select(r => r.Problem).Distinct().Count(), "model")}, each in {Count(runs.Select(r => r.Mode).Distinct().Count(), "mode")}.", [.. runs.Select(r => r.Result)]);
        File.WriteAllText(Path.Combine(folder.Staging, "report.html"), HtmlReport.Render(report), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        using var stream = File.Create(Path.Combine(folder.Staging, Marker));
        using var json = new System.Text.Json.Utf8JsonWriter(stream, new System.Text.Json.JsonWriterOptions { Indented = true });
        DemoOutput.WriteJson(json, runs, folder.Path);
    }

    private static string Count(int count, string noun) => count == 1 ? $"one {noun}" : $"{count} {noun}s";
}
