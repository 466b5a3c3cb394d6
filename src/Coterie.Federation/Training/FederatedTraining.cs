using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy;

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
        var identities = task.Participants.Select(p => p.Name).Append(Coordinator).Concat(NamedBy(task).Select(n => n.Id)).ToDictionary(name => name, _ => PartyIdentity.Create());
        try
        {
            var roster = RosterOf(task, identities);
            var start = TimeProvider.System.GetTimestamp();
            var history = new RunHistory(task.Progress);
            var knows = RunOf(task).ModelTo == ModelAudience.Participants ? PartyRole.Participant : PartyRole.Coordinator;
            var sessions = roster.Parties.ToImmutableDictionary(p => p.Id, p => Open(roster, p, network, identities[p.Id], p.Role == knows ? history : null));
            var model = await RunPartiesAsync(task, network, sessions, cancellationToken);
            return new TrainingOutcome
            {
                Model = model,
                Roster = roster,
                History = history.Rounds,
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
        var coordinator = Task.Run(() => RunOf(task).RunAsync(sessions[Coordinator], null, stop.Token), CancellationToken.None);
        (PartyId Name, Shard? Shard)[] parties = [.. task.Participants.Select(p => (p.Name, (Shard?)p.Shard)), .. NamedBy(task).Select(n => (n.Id, (Shard?)null))];
        var participants = parties.Select(p => Task.Run(
            async () =>
            {
                try
                {
                    return await RunOf(task).RunAsync(sessions[p.Name], p.Shard, stop.Token);
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
                return null;
            },
            CancellationToken.None)).ToArray();
        try
        {
            var model = await coordinator;
            if (model is not null) return model;
            // It is the participants', all of which have compared theirs, or its owner's. Whoever came late may still be at it.
            var models = await Task.WhenAll(participants);
            cancellationToken.ThrowIfCancellationRequested();
            if (cause is null && models.FirstOrDefault(m => m is not null) is { } theirs) return theirs;
            throw cause ?? new ProtocolException(ProtocolErrorCode.BelowThreshold, "No participant has come to a model.");
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

    private static Session Open(Roster roster, Party party, InProcessNetwork network, PartyIdentity identity, IProgress<RunProgress>? progress)
    {
        var store = new MemoryStore();
        return new Session
        {
            Self = party.Id,
            Roster = roster,
            Channel = network.Connect(party),
            Signer = identity,
            Checkpoints = store,
            OnceOnly = store,
            Progress = progress,
        };
    }

    private static Roster RosterOf(TrainingTask task, Dictionary<PartyId, PartyIdentity> identities) => RunOf(task).RosterOf(
        task.RunId,
        [
            new Party(Coordinator, PartyRole.Coordinator, identities[Coordinator].PublicKey),
            .. task.Participants.Select(p => new Party(p.Name, PartyRole.Participant, identities[p.Name].PublicKey)),
            .. NamedBy(task).Select(n => new Party(n.Id, n.Role, identities[n.Id].PublicKey)),
        ]);

    /// <summary>The party without data, where the mode needs one.</summary>
    private static IEnumerable<NamedParty> NamedBy(TrainingTask task) => ModeCatalogue.NamedPartyFor(task.Mode) is { } named ? [named] : [];

    private static PartyRun RunOf(TrainingTask task) => new(task.Plan, task.Mode, task.Schema);
}
