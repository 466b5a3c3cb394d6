using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Learning.External;
using Spectre.Console;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie train</c>: runs a task with all parties on this machine.</summary>
internal static class TrainCommand
{
    internal static readonly string[] Files = ["model.json", "model.onnx", "metrics.json", "history.csv", "leakage.json", "predictions.csv", "report.html"];

    private static readonly Argument<string> Task = new("TASK.yaml") { Description = "The task file: data, preprocessing, learner and mode." };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the results. [default: coterie-results/<task>]", HelpName = "DIR" };
    private static readonly Option<ulong> Seed = CommandLine.Seed();
    private static readonly Option<bool> NoBaselines = new("--no-baselines") { Description = "Do not train the pooled model and each participant alone for comparison." };
    private static readonly Option<bool> Force = new("--force") { Description = "Replace the results of an earlier run in the folder." };

    private static readonly Option<bool> Processes = new("--processes") { Description = "Run every party as a process of its own, over TLS on this machine." };

    private static readonly Option<string?> Prepared = new("--prepared") { Description = "Folder in which 'coterie prepare' has left the run. [default: coterie-prepared/<task>, where it is there]", HelpName = "DIR" };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "train", "Runs a task with all parties on this machine, each with its own keys and rows.",
            "coterie train samples/01-diabetes-ridge/task.yaml --out results/diabetes",
            "coterie train samples/01-diabetes-ridge/task.yaml --processes --force")
        { Task, Out, Seed, NoBaselines, Force, Processes, Prepared };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var file = TaskFile.Load(parsed.GetRequiredValue(Task));
        using var folder = ResultFolder.Open(
            parsed.GetValue(Out) ?? Path.Combine("coterie-results", file.Name), parsed.GetValue(Force), "choose another folder with --out, or --force to replace the results in it");
        var task = PreparedTask.Prepare(file, parsed.GetValue(Seed), context.Verbose ? line => Console.Error.WriteLine("program: " + line) : null);
        using var programs = task.Programs;
        using var prepared = PreparedOf(task, parsed.GetValue(Prepared));
        var result = await GoAsync(task, context, parsed, prepared, cancellationToken);
        ResultFiles.Write(result, folder.Staging);
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit(Files);
        if (prepared is not null) Forget(prepared);
        if (context.Json) CommandContext.WriteJson(json => ResultJson.Write(json, result, folder.Path));
        else Summarise(context.Out, result, folder.Path);
    }

    private static Task<TaskResult> RunAsync(PreparedTask task, CommandContext context, bool baselines, bool processes, LocalConsortium? prepared, CancellationToken cancellationToken) =>
        RowErrors.LocatedAsync(task, () => TrainingProgress.ShowAsync(context, async progress =>
        {
            if (!processes && prepared is null) return await TaskRunner.RunAsync(task, new RunOptions { Baselines = baselines, Progress = progress }, cancellationToken);
            var result = TaskRunner.Evaluate(task, prepared is null
                ? await ProcessRun.RunAsync(task, context.Verbose, progress, cancellationToken)
                : await ProcessRun.GoOnAsync(prepared, task, context.Verbose, progress, cancellationToken));
            return baselines ? await TaskRunner.WithBaselinesAsync(result, cancellationToken) : result;
        }));

    private static async Task<TaskResult> GoAsync(PreparedTask task, CommandContext context, ParseResult parsed, LocalConsortium? prepared, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(task, context, !parsed.GetValue(NoBaselines), parsed.GetValue(Processes), prepared, cancellationToken);
        }
        catch (OperationCanceledException) when (prepared is not null && cancellationToken.IsCancellationRequested)
        {
            throw new StoppedException($"stopped: the run is kept in {Format.Path(prepared.Folder)}; the same command goes on with it.");
        }
    }

    /// <summary>What was prepared is used up, and the run over.</summary>
    private static void Forget(LocalConsortium prepared)
    {
        prepared.Delete();
        var parent = Path.GetDirectoryName(prepared.Folder)!;
        if (Path.GetFileName(parent) == PrepareCommand.Parent && !Directory.EnumerateFileSystemEntries(parent).Any()) Directory.Delete(parent);
    }

    /// <summary>The run that was prepared, which is gone on with.</summary>
    private static LocalConsortium? PreparedOf(PreparedTask task, string? given)
    {
        var folder = Path.GetFullPath(given ?? PrepareCommand.FolderOf(task.File));
        if (!LocalConsortium.IsKept(folder)) return given is null ? null : throw new UsageException($"--prepared: {given} holds nothing that 'coterie prepare' has left.");
        return LocalConsortium.IsFor(task, folder)
            ? LocalConsortium.Open(task, folder)
            : throw new UsageException($"{Format.Path(folder)} was prepared for another version of the task, other participants or another seed; remove it, or prepare again with 'coterie prepare --force'.");
    }

    internal static void Summarise(IAnsiConsole console, TaskResult result, string folder)
    {
        ResultSummary.Write(console, result);
        var shown = Format.Path(folder);
        console.WriteLine();
        console.WriteWhole($"Results: {shown}");
        console.WriteWhole($"Report:  {Path.Combine(shown, "report.html")}");
        // A model of an external learner is asked with its program, which is named from the current folder.
        var external = result.Task.Plan.Learner is ExternalLearner ? " --external \"COMMAND\"" : "";
        console.WriteWhole($"Next:    coterie predict {Path.Combine(shown, "model.json")} DATA.csv{external}");
    }
}
