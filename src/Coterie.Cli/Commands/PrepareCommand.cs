using System.CommandLine;
using System.Globalization;
using Coterie.Cli.Nodes;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;
using Coterie.Privacy;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie prepare</c>: does ahead what rounds exchange that does not depend on rows or model; <c>coterie train</c> goes on.</summary>
internal static class PrepareCommand
{
    /// <summary>The folder of runs that stand still, in the current one.</summary>
    public const string Parent = "coterie-prepared";

    private static readonly Argument<string> Task = new("TASK.yaml") { Description = "The task file, in a mode in which two parties compute together: secret-sharing, encrypted-data or encrypted-model." };
    private static readonly Option<int?> Rounds = RoundsOption();
    private static readonly Option<string?> Into = new("--into") { Description = "Folder in which the run stands still. [default: coterie-prepared/<task>]", HelpName = "DIR" };
    private static readonly Option<ulong> Seed = CommandLine.Seed();
    private static readonly Option<bool> Force = new("--force") { Description = "Throw away what the folder holds for another task." };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "prepare", "Runs a task, with every party as a process of its own, up to its first round, and prepares the rounds: triples and garbled circuits, stored encrypted. 'coterie train' goes on from there.",
            "coterie prepare samples/07-hidden-values/logistic-regression-secret-sharing.yaml --rounds 2")
        { Task, Rounds, Into, Seed, Force };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    /// <summary>How many rounds to prepare.</summary>
    public static Option<int?> RoundsOption()
    {
        var option = new Option<int?>("--rounds") { Description = "Prepare so many rounds at most. [default: all]", HelpName = "N" };
        option.CustomParser = given =>
        {
            if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0) return rounds;
            given.AddError($"--rounds: '{given.Tokens[0].Value}' is no whole number from 1 on.");
            return null;
        };
        return option;
    }

    /// <summary>Where a task's run stands still, unless somebody says otherwise.</summary>
    public static string FolderOf(TaskFile file) => Path.Combine(Parent, file.Name);

    /// <summary>Insists on a mode in which there is something to prepare.</summary>
    /// <exception cref="UsageException">There is nothing.</exception>
    public static void RequirePreparable(TaskFile file, ModeOptions mode)
    {
        if (ModeCatalogue.PreparationRefusal(mode) is { } refusal) throw new UsageException($"{file.Name} cannot be prepared: {refusal}");
    }

    /// <summary>Says what was prepared.</summary>
    public static void Write(CommandContext context, PreparedRounds prepared, TimeSpan? elapsed, string folder, string next)
    {
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                PreparedJson.WriteMembers(json, prepared);
                if (elapsed is { } spent) json.WriteNumber("seconds", spent.TotalSeconds);
                json.WriteString("folder", folder);
                json.WriteEndObject();
            });
            return;
        }
        var time = elapsed is { } seconds ? $" in {Format.Seconds(seconds)} s" : "";
        context.Out.WriteWhole($"Prepared {Format.Plural(prepared.Rounds, "round")} with {(prepared.Peers == 1 ? "1 party" : $"{Format.Count(prepared.Peers)} parties")}{time}.");
        context.Out.WriteWhole($"Kept, encrypted under each party's identity key: {Format.Bytes(prepared.OwnBytes)} by the coordinator, {Format.Bytes(prepared.PeerBytes)} by the others.");
        context.Out.WriteWhole($"Folder: {Format.Path(folder)}");
        context.Out.WriteWhole($"Next:   {next}");
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(Task);
        var file = TaskFile.Load(path);
        var task = PreparedTask.Prepare(file, parsed.GetValue(Seed));
        using var programs = task.Programs;
        RequirePreparable(file, task.Mode);
        if ((await RowErrors.LocatedAsync(task, () => RunPlan.OfAsync(task, cancellationToken))) is var plan && plan.PreparedOver(plan.Learner.MaximumRounds) is null)
            throw new UsageException($"{file.Name} cannot be prepared: {plan.Learner.Name}, as it is set here, has no steps between two parties in {task.Mode.Mode}: contributions are masked sums or computed on ciphertexts alone.");
        var start = TimeProvider.System.GetTimestamp();
        var into = Path.GetFullPath(parsed.GetValue(Into) ?? FolderOf(file));
        using var consortium = await OpenAsync(task, into, parsed.GetValue(Force), cancellationToken);
        PreparedRounds prepared;
        try
        {
            prepared = await RowErrors.LocatedAsync(task, () => TrainingProgress.ShowAsync(context, progress => ProcessRun.PrepareAsync(consortium, task, parsed.GetValue(Rounds), context.Verbose, progress, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new StoppedException($"stopped: what is prepared so far is kept in {Format.Path(into)}; the same command goes on with it.");
        }
        catch (UsageException)
        {
            // There is nothing to go on with.
            consortium.Delete();
            throw;
        }
        Write(context, prepared, TimeProvider.System.GetElapsedTime(start), into, $"coterie train {path}{(parsed.GetValue(Into) is { } other ? $" --prepared {other}" : "")}");
    }

    private static Task<LocalConsortium> OpenAsync(PreparedTask task, string into, bool force, CancellationToken cancellationToken)
    {
        if (File.Exists(into)) throw new UsageException($"--into: {Format.Path(into)} is a file; a folder is expected.");
        if (LocalConsortium.IsKept(into))
        {
            if (LocalConsortium.IsFor(task, into)) return System.Threading.Tasks.Task.FromResult(LocalConsortium.Open(task, into));
            if (!force) throw new UsageException($"--into: {Format.Path(into)} was prepared for another version of the task, other participants or another seed; --force throws that away.");
            Directory.Delete(into, recursive: true);
        }
        else if (Directory.Exists(into) && Directory.EnumerateFileSystemEntries(into).Any())
        {
            throw new UsageException($"--into: {Format.Path(into)} is not empty and holds nothing prepared; choose another folder.");
        }
        return LocalConsortium.CreateAsync(task, into, cancellationToken);
    }
}
