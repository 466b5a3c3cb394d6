using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy;
using Coterie.Privacy.Rosters;

namespace Coterie.Federation.Training;

/// <summary>
/// Runs a task with every party in this process: each with its own identity, memory and end of the network, each running the
/// program it would run on its own machine.
/// </summary>
public static class FederatedTraining
{
    /// <summary>The coordinator's name in runs on one machine.</summary>
    public static PartyId Coordinator { get; } = new("coordinator");

    /// <summary>Runs the task to its end.</summary>
    /// <exception cref="ShardException">A participant's rows cannot be used.</exception>
    /// <exception cref="ProtocolException">The roster is too small, too few participants stayed, or a party broke the protocol.</exception>
    /// <exception cref="ArgumentException">The mode's options do not fit.</exception>
    public static Task<TrainingOutcome> RunAsync(TrainingTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return RunAsync(task, new InProcessNetwork(task.Patience), cancellationToken);
    }

    /// <summary>Runs the task over a given network, so that tests can watch it and break it.</summary>
    internal static async Task<TrainingOutcome> RunAsync(TrainingTask task, InProcessNetwork network, CancellationToken cancellationToken)
    {
        foreach (var participant in task.Participants)
            if (participant.Shard.Rows == 0) throw new ShardException($"{participant.Name} has no training rows.");
        var identities = task.Participants.Select(p => p.Name).Append(Coordinator).ToDictionary(name => name, _ => PartyIdentity.Create());
        try
        {
            var roster = RosterOf(task, identities);
            var start = TimeProvider.System.GetTimestamp();
            var history = new ConcurrentQueue<RoundRecord>();
            var sessions = roster.Parties.ToImmutableDictionary(p => p.Id, p => Open(task, roster, p, network, identities[p.Id], history));
            var model = await RunPartiesAsync(task, network, sessions, cancellationToken);
            return new TrainingOutcome
            {
                Model = model,
                Roster = roster,
                History = [.. history],
                Openings = sessions.ToImmutableSortedDictionary(s => s.Key, s => s.Value.Transcript.Openings.ToImmutableArray()),
                Traffic = network.Traffic,
                Times = sessions.ToImmutableSortedDictionary(s => s.Key, s => s.Value.Times),
                Elapsed = TimeProvider.System.GetElapsedTime(start),
            };
        }
        finally
        {
            foreach (var identity in identities.Values) identity.Dispose();
        }
    }

    /// <summary>
    /// Starts every party. A participant that becomes unreachable has dropped out and the others go on; one that fails for another
    /// reason ends the run, and its reason is what the caller sees.
    /// </summary>
    private static async Task<TrainedModel> RunPartiesAsync(
        TrainingTask task, InProcessNetwork network, ImmutableDictionary<PartyId, Session> sessions, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? cause = null;
        var coordinator = Task.Run(() => RunPartyAsync(task, sessions[Coordinator], null, stop.Token), CancellationToken.None);
        var participants = task.Participants.Select(p => Task.Run(
            async () =>
            {
                try
                {
                    await RunPartyAsync(task, sessions[p.Name], p.Shard, stop.Token);
                }
                catch (PeerUnavailableException)
                {
                    // It dropped out, or the coordinator did: the coordinator's outcome decides.
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // The caller stopped the run, or another participant's failure did: whoever did is what the caller sees.
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref cause, error, null);
                    await stop.CancelAsync();
                }
                finally
                {
                    network.Disconnect(p.Name);
                }
            },
            CancellationToken.None)).ToArray();
        try
        {
            return await coordinator ?? throw new System.Diagnostics.UnreachableException("The coordinator owns the model.");
        }
        catch (Exception) when (cause is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        finally
        {
            network.Disconnect(Coordinator);
            await Task.WhenAll(participants);
        }
    }

    /// <summary>What one party runs, on this machine or on its own.</summary>
    private static async Task<TrainedModel?> RunPartyAsync(TrainingTask task, Session session, Shard? shard, CancellationToken cancellationToken)
    {
        await RosterAgreement.AgreeAsync(session, cancellationToken);
        var trainer = new ModeTrainer(ModeCatalogue.Create(task.Mode), session);
        return await Pipeline.RunAsync(task.Plan, session.Roster.RunId, task.Schema, shard is null ? [] : [shard], trainer, cancellationToken);
    }

    private static Session Open(
        TrainingTask task, Roster roster, Party party, InProcessNetwork network, PartyIdentity identity, ConcurrentQueue<RoundRecord> history)
    {
        var store = task.Stores?.Invoke(party.Id) ?? new MemoryStore();
        return new Session
        {
            Self = party.Id,
            Roster = roster,
            Channel = network.Connect(party),
            Signer = identity,
            Checkpoints = store,
            OnceOnly = store,
            Progress = party.Id == Coordinator ? new Recorder(history, task.Progress) : null,
        };
    }

    private static Roster RosterOf(TrainingTask task, Dictionary<PartyId, PartyIdentity> identities)
    {
        var parties = new[] { new Party(Coordinator, PartyRole.Coordinator, identities[Coordinator].PublicKey) }
            .Concat(task.Participants.Select(p => new Party(p.Name, PartyRole.Participant, identities[p.Name].PublicKey)));
        var threshold = ModeCatalogue.ThresholdFor(task.Mode, task.Participants.Length);
        return new Roster(task.RunId, parties, task.Mode.Mode, threshold, task.Mode.AllowSmallRoster, TermsHash(task));
    }

    /// <summary>The terms the parties sign: algorithms, stopping, seed, topology and the declared schema.</summary>
    private static byte[] TermsHash(TrainingTask task)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie terms v1");
        writer.WriteText(task.Mode.Topology.ToString());
        writer.WriteInt32(task.Plan.Preprocessors.Length);
        foreach (var preprocessor in task.Plan.Preprocessors) writer.WriteText(preprocessor.Terms);
        writer.WriteText(task.Plan.Learner.Terms);
        writer.WriteInt32(task.Plan.Stop.Rounds);
        writer.WriteDouble(task.Plan.Stop.Tolerance ?? double.NaN);
        writer.WriteInt64(unchecked((long)task.Plan.Seed));
        writer.WriteInt32((int)task.Plan.ModelTo);
        writer.WriteInt32(task.Schema.FeatureCount);
        foreach (var column in task.Schema.Features.Append(task.Schema.Target ?? new Column("")))
        {
            writer.WriteText(column.Name);
            writer.WriteInt32((int)column.Type);
            writer.WriteDouble(column.Minimum);
            writer.WriteDouble(column.Maximum);
            writer.WriteInt32(column.Values.Length);
            foreach (var value in column.Values) writer.WriteText(value);
        }
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    private sealed class Recorder(ConcurrentQueue<RoundRecord> history, IProgress<RunProgress>? next) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            history.Enqueue(new RoundRecord(value.Stage, value.Step, value.Round, value.Loss, value.Change, value.Survivors));
            next?.Report(value);
        }
    }
}
