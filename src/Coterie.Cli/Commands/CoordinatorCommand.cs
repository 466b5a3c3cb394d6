using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie coordinator</c>: runs a task with parties on machines of their own.</summary>
internal static class CoordinatorCommand
{
    private static readonly Argument<string> Config = new("CONFIG.yaml") { Description = "The coordinator's config file." };
    private static readonly Option<string> Task = new("--task") { Description = "The task file.", HelpName = "TASK.yaml", Required = true };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the results. [default: RESULTS/<task> as the config says, else coterie-results/<task>]", HelpName = "DIR" };
    private static readonly Option<ulong> Seed = CommandLine.Seed();
    private static readonly Option<bool> Force = new("--force") { Description = "Replace the results of an earlier run in the folder." };
    private static readonly Option<bool> Stay = new("--stay") { Description = "Go on answering parties after the run, until Ctrl-C." };
    private static readonly Option<bool> Prepare = new("--prepare") { Description = "Prepare what rounds exchange that does not depend on rows or model, and stop; the same command without this option goes on." };
    private static readonly Option<int?> Rounds = PrepareCommand.RoundsOption();
    private static readonly Option<string?> Supervised = Supervision.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "coordinator", "Offers a task to parties on machines of their own, trains with those that agree, and writes the results. The same command goes on with a run that was interrupted.",
            "coterie coordinator samples/04-three-hospitals/coordinator.yaml --task samples/04-three-hospitals/task.yaml")
        { Config, Task, Out, Seed, Force, Stay, Prepare, Rounds, Supervised };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var settings = CoordinatorSettings.Load(parsed.GetRequiredValue(Config));
        var task = parsed.GetRequiredValue(Task);
        var planned = PlannedTask.Of(TaskFile.Load(task), parsed.GetValue(Seed));
        var name = planned.File.Name;
        using var folder = ResultFolder.Open(
            parsed.GetValue(Out) ?? Path.Combine(settings.Node.Results ?? "coterie-results", name), parsed.GetValue(Force), "choose another folder with --out, or --force to replace the results in it");
        var preparation = PreparationOf(parsed, planned);
        TaskResult? finished = null;
        var isAccounted = false;
        var request = new CoordinatorRequest(task, parsed.GetValue(Seed), result =>
        {
            ResultFiles.Write(result, folder.Staging);
            folder.Commit(TrainCommand.Files);
            finished = result;
            return System.Threading.Tasks.Task.CompletedTask;
        })
        {
            SaveAccount = write =>
            {
                write(folder.Staging);
                folder.Commit(TrainCommand.Files);
                isAccounted = true;
                return System.Threading.Tasks.Task.CompletedTask;
            },
            Preparation = preparation,
            Stay = parsed.GetValue(Stay),
            Supervision = parsed.GetValue(Supervised),
        };
        using var stop = request.Supervision is null ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : Supervision.Watch(cancellationToken);
        INodeObserver observer = request.Supervision is null ? new TerminalObserver(context) : new SupervisedObserver();
        try
        {
            await CoordinatorHost.RunAsync(settings, request, observer, stop.Token);
        }
        catch (OperationCanceledException) when (finished is null && !isAccounted && stop.IsCancellationRequested)
        {
            throw new StoppedException($"stopped: the run is kept in {Format.Path(settings.Node.Home)}; the same command goes on with it.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It only stayed for others.
        }
        if (preparation is { Done.IsCompletedSuccessfully: true }) Tell(context, observer, await preparation.Done, settings.Node.Home);
        if (request.Supervision is not null) return;
        if (isAccounted) Account(context, planned, folder.Path);
        if (finished is null) return;
        if (context.Json) CommandContext.WriteJson(json => ResultJson.Write(json, finished, folder.Path));
        else TrainCommand.Summarise(context.Out, finished, folder.Path);
    }

    private static Preparation? PreparationOf(ParseResult parsed, PlannedTask planned)
    {
        if (!parsed.GetValue(Prepare)) return parsed.GetValue(Rounds) is null ? null : throw new UsageException("--rounds says how many rounds to prepare; --prepare is missing.");
        PrepareCommand.RequirePreparable(planned.File, planned.Mode);
        return new Preparation(parsed.GetValue(Rounds));
    }

    private static void Tell(CommandContext context, INodeObserver observer, PreparedRounds prepared, string home)
    {
        if (observer is SupervisedObserver supervised) supervised.Prepared(prepared);
        else PrepareCommand.Write(context, prepared, null, home, "the same command without --prepare goes on");
    }

    /// <summary>The run is over and the model is not here.</summary>
    private static void Account(CommandContext context, PlannedTask task, string folder)
    {
        var owner = task.Mode.ModelOwner?.Name;
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("task", task.File.Name);
                json.WriteString("model", owner ?? "participants");
                json.WriteString("folder", folder);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole(owner is null ? "The model is the participants'; each of them has it in its own results." : $"The model is {owner}'s, which has it in its own results.");
        context.Out.WriteWhole($"What this coordinator learned: {Format.Path(folder)}");
    }
}
