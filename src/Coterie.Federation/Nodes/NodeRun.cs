using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.RunStore;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Federation.Transports.Durable;
using Coterie.Learning.External;
using Activity = System.Diagnostics.Activity;
using ActivityEvent = System.Diagnostics.ActivityEvent;

namespace Coterie.Federation.Nodes;

/// <summary>What a run gave at one party.</summary>
/// <param name="Model">The model; null for a party that is not entitled to it.</param>
/// <param name="Report">What this party can tell about the run.</param>
internal sealed record NodeRunResult(TrainedModel? Model, PartyReport Report);

/// <summary>One party's part in one run, from its roster to its end, over the durable channel: begun anew or gone on with after a restart.</summary>
internal sealed class NodeRun(NodeContext node, PartyRun terms, RunStart start)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Whether this party knows a participant of its own.</summary>
    public Func<Party, bool> IsPinned { get; init; } = _ => true;

    /// <summary>At a coordinator that is to prepare rounds and no more.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>When the run ends at the latest.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Runs to the end. When stopped, nothing is said to the others and the run can go on later; when it fails, the others are told.
    /// </summary>
    /// <inheritdoc cref="PartyRun.RunAsync" path="/exception"/>
    public async Task<NodeRunResult> RunAsync(Shard? shard, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Activities.StartActivity("run");
        activity?.SetTag("coterie.run", start.Roster.RunId);
        var began = node.Time.GetTimestamp();
        var traffic = new TrafficMeter();
        var kept = node.Store.OpenRun(start.Roster.RunId);
        await using var channel = node.Board.Open(new RunChannelOptions
        {
            Roster = start.Roster,
            Store = kept,
            Traffic = traffic,
            Patience = new RunPatience { Silence = node.TimeOuts.Patience, Absence = node.TimeOuts.Absence, Deadline = Deadline },
        });
        var run = start.Roster.RunId;
        var recording = new RecordingStore(kept, new Transcript());
        using var closed = new SealedCheckpoints(recording, run, node.Identity.Signer.DeriveKey(SealedCheckpoints.PurposeOf(run)));
        var session = Open(channel, kept, recording, closed, activity);
        try
        {
            var model = await terms.RunAsync(session, shard, cancellationToken);
            await DeliverModelAsync(channel, cancellationToken);
            await EndAsync(channel, null, cancellationToken);
            return new NodeRunResult(model, Report(session, kept, traffic, node.Time.GetElapsedTime(began)));
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            await EndAsync(channel, ReasonFor(failed), cancellationToken);
            throw;
        }
        finally
        {
            recording.Flush();
        }
    }

    /// <summary>What others may hear about a failure: nothing that quotes rows.</summary>
    public static string ReasonFor(Exception failed) => failed switch
    {
        ShardException or Data.DataFileException => "its rows cannot be used; its log says why",
        ProtocolException { Code: ProtocolErrorCode.InvalidContribution } => "its contribution is out of range; its log says why",
        ProtocolException or PeerUnavailableException => Printable.Of(failed.Message, Printable.ReasonLength),
        PreparationException => Printable.Of(failed.Message, Printable.ReasonLength),
        ExternalProgramException => "its program failed; it was told there how",
        StoreException => "its durable store failed",
        _ => $"it failed ({failed.GetType().Name})",
    };

    private Session Open(RunChannel channel, SqliteRunStore kept, RecordingStore recording, SealedCheckpoints checkpoints, Activity? activity)
    {
        foreach (var opening in kept.Openings()) recording.Transcript.Record(opening);
        return new Session
        {
            Self = node.Identity.Name,
            Roster = start.Roster,
            Channel = new ObservedChannel(channel, node.Figures, node.Time),
            Signer = node.Identity.Signer,
            Checkpoints = checkpoints,
            OnceOnly = recording,
            Transcript = recording.Transcript,
            Progress = new Rounds(this, kept, activity, start.Roster.RunId),
            IsPinned = IsPinned,
            Times = new TimeLedger(node.Time),
            Preparation = Preparation,
        };
    }

    /// <summary>A model that nobody has is no result: a coordinator that cannot read it has not finished before its owner has it.</summary>
    /// <exception cref="PeerUnavailableException">The owner stays away.</exception>
    private async Task DeliverModelAsync(RunChannel channel, CancellationToken cancellationToken)
    {
        var (roster, owner) = (start.Roster, start.Roster.ModelOwner);
        if (node.Identity.Name != roster.Coordinator || owner == roster.Coordinator) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(node.TimeOuts.Absence + Farewell);
        string? missing;
        try
        {
            missing = await channel.DeliverAsync(owner, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            missing = "it stays away";
        }
        if (missing is not null) throw new PeerUnavailableException(owner, new StepTag($"{roster.RunId}/end"), $"it has not taken the model, which nobody else can read: {missing}");
    }

    /// <summary>Everything sent has arrived or its receiver is gone, then the others hear that this party has left.</summary>
    private async Task EndAsync(RunChannel channel, string? failure, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(failure is null ? node.TimeOuts.Absence + Farewell : Farewell);
        try
        {
            if (failure is null) await channel.DrainAsync(patience.Token);
            await channel.DepartAsync(failure is not null, failure ?? "", patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Who cannot be reached for so long has dropped out.
        }
    }

    private PartyReport Report(Session session, SqliteRunStore kept, TrafficMeter traffic, TimeSpan elapsed)
    {
        var history = kept.History().Select(p => new RoundRecord(p.Stage, p.Step, p.Round, p.Loss, p.Change, p.Survivors));
        return new PartyReport(session.Self, start.Roster, [.. history], [.. session.Transcript.Openings.Distinct()], traffic, session.Times, elapsed);
    }

    private sealed class Rounds(NodeRun run, SqliteRunStore kept, Activity? activity, string name) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            // The round is over and its checkpoint written: its trace has to be on the disk before the next one begins.
            kept.RecordAsync(value, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            run.Observe(value, name, activity);
        }
    }

    private void Observe(RunProgress value, string name, Activity? activity)
    {
        node.Figures.Report(value);
        activity?.AddEvent(new ActivityEvent("round", tags: new System.Diagnostics.ActivityTagsCollection { ["coterie.stage"] = value.Stage, ["coterie.round"] = value.Round + 1 }));
        NodeLog.Round(node.Log, name, value.Stage, value.Round + 1, value.MaximumRounds, value.Survivors);
        node.Observer.Report(value);
    }
}
