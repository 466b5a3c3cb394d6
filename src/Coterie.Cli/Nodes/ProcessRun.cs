using System.Globalization;
using System.Text.Json;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Cli.Nodes;

/// <summary>Runs a task with one process per party, over TLS on loopback, each with an identity and a home of its own.</summary>
internal static class ProcessRun
{
    /// <exception cref="RunFailedException">A party failed, or too many were killed.</exception>
    public static async Task<TrainingOutcome> RunAsync(PreparedTask task, bool verbose, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var consortium = await LocalConsortium.CreateAsync(task, cancellationToken);
        return await GoOnAsync(consortium, task, verbose, progress, cancellationToken);
    }

    /// <summary>Goes on with a run in a folder that was kept, to its end.</summary>
    /// <exception cref="RunFailedException">A party failed, or too many were killed.</exception>
    public static async Task<TrainingOutcome> GoOnAsync(LocalConsortium consortium, PreparedTask task, bool verbose, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        await RunAsync(consortium, task, verbose, progress, null, [], cancellationToken);
        return consortium.Collect();
    }

    /// <summary>Prepares rounds; the run stands still in its folder.</summary>
    /// <exception cref="RunFailedException">A party failed, or too many were killed.</exception>
    public static async Task<PreparedRounds> PrepareAsync(LocalConsortium consortium, PreparedTask task, int? rounds, bool verbose, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        PreparedRounds? prepared = null;
        string[] options = rounds is { } number ? ["--prepare", "--rounds", number.ToString(CultureInfo.InvariantCulture)] : ["--prepare"];
        await RunAsync(consortium, task, verbose, progress, happening => prepared = PreparedJson.Read(happening), options, cancellationToken);
        return prepared ?? throw new RunFailedException("the coordinator has not said what was prepared");
    }

    private static async Task RunAsync(
        LocalConsortium consortium, PreparedTask task, bool verbose, IProgress<RunProgress>? progress, Action<JsonElement>? prepared, string[] options, CancellationToken cancellationToken)
    {
        var children = new List<ChildProcess>();
        try
        {
            var seed = task.Plan.Seed.ToString(CultureInfo.InvariantCulture);
            var own = consortium.Coordinator;
            var coordinator = new ChildProcess(
                "the coordinator", verbose, ["coordinator", own.Config, "--task", task.File.File, "--seed", seed, "--out", consortium.Results, "--supervised", own.Folder, .. options]);
            children.Add(coordinator);
            consortium.Connect(await ListeningAsync(coordinator, cancellationToken));
            // Whose part was over before has left its report.
            foreach (var party in consortium.Participants.Where(p => !p.HasEnded))
                children.Add(new ChildProcess(party.Name.Name, verbose, "participant", party.Config, "--approve", task.File.Name, "--once", "--supervised", party.Folder));
            if (consortium.Named is { HasEnded: false } named)
                children.Add(new ChildProcess(named.Name.Name, verbose, ModeCatalogue.NamedPartyFor(task.Mode)!.Key, named.Config, "--approve", task.File.Name, "--once", "--supervised", named.Folder) { IsNeeded = true });
            await FollowAsync(coordinator, [.. children.Skip(1)], progress, prepared, cancellationToken);
        }
        finally
        {
            foreach (var child in children) child.Dispose();
        }
    }

    private static async Task<string> ListeningAsync(ChildProcess coordinator, CancellationToken cancellationToken)
    {
        await foreach (var happening in coordinator.Events.ReadAllAsync(cancellationToken))
            if (Kind(happening) == "listening") return happening.GetProperty("address").GetString()!;
        throw Failure(coordinator, await coordinator.EndAsync(cancellationToken));
    }

    private static async Task FollowAsync(ChildProcess coordinator, ChildProcess[] parties, IProgress<RunProgress>? progress, Action<JsonElement>? prepared, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = parties.Select(p => WatchAsync(p, stop.Token)).ToList();
        var rounds = FollowAsync(coordinator, progress, prepared, stop.Token);
        var ended = coordinator.EndAsync(stop.Token);
        try
        {
            for (var open = new List<Task>(watching) { ended }; !ended.IsCompleted;)
            {
                var first = await Task.WhenAny(open);
                open.Remove(first);
                // Of a party's failure the coordinator knows less than the party itself.
                await first;
            }
            await rounds;
            if (await ended is not 0 and var code) throw Failure(coordinator, code);
            // Parties of a run that stands still would wait for more.
            if (prepared is not null) return;
            // What they learned is on the disk when they have ended.
            await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static async Task FollowAsync(ChildProcess coordinator, IProgress<RunProgress>? progress, Action<JsonElement>? prepared, CancellationToken cancellationToken)
    {
        await foreach (var happening in coordinator.Events.ReadAllAsync(cancellationToken))
        {
            if (Kind(happening) == "round") progress?.Report(Round(happening));
            else if (Kind(happening) == "prepared") prepared?.Invoke(happening);
        }
    }

    /// <summary>A participant that was killed has dropped out, and the run may do without it; one that failed, or a party without which there is no run, ends it.</summary>
    private static async Task WatchAsync(ChildProcess party, CancellationToken cancellationToken)
    {
        var code = await party.EndAsync(cancellationToken);
        if (code > 128 && !party.IsNeeded) await Console.Error.WriteLineAsync(party.Describe(code) + "; the others go on without it.");
        else if (code != 0) throw Failure(party, code);
    }

    private static Exception Failure(ChildProcess child, int code) =>
        code == ExitCode.WrongUsage ? new UsageException(child.Describe(code)) : new RunFailedException(child.Describe(code));

    private static string? Kind(JsonElement happening) => happening.GetProperty("event").GetString();

    private static RunProgress Round(JsonElement round) => new(
        round.GetProperty("stage").GetString()!, new StepTag(round.GetProperty("step").GetString()!), round.GetProperty("round").GetInt32(), round.GetProperty("maximum").GetInt32(),
        round.TryGetProperty("loss", out var loss) ? loss.GetDouble() : null, round.TryGetProperty("change", out var change) ? change.GetDouble() : double.NaN,
        round.GetProperty("survivors").GetInt32());
}
