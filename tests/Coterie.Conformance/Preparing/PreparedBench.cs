using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Privacy;

namespace Coterie.Conformance.Preparing;

/// <summary>A task whose parties keep what they have between one run and the next: one prepares, another trains.</summary>
internal sealed class PreparedBench
{
    private readonly PartyRun _terms;
    private readonly Dictionary<PartyId, PartyIdentity> _identities;

    public PreparedBench(TrainingTask task)
    {
        _terms = new PartyRun(task.Plan, task.Mode, task.Schema);
        NamedParty[] named = ModeCatalogue.NamedPartyFor(task.Mode) is { } party ? [party] : [];
        (PartyId Id, PartyRole Role)[] parties = [(FederatedTraining.Coordinator, PartyRole.Coordinator), .. task.Participants.Select(p => (p.Name, PartyRole.Participant)), .. named.Select(n => (n.Id, n.Role))];
        _identities = parties.ToDictionary(p => p.Id, _ => PartyIdentity.Create());
        Roster = _terms.RosterOf(task.RunId, [.. parties.Select(p => new Party(p.Id, p.Role, _identities[p.Id].PublicKey))]);
        Shards = task.Participants.ToDictionary(p => p.Name, p => p.Shard);
    }

    public Roster Roster { get; }

    /// <summary>Everybody's rows.</summary>
    public Dictionary<PartyId, Shard> Shards { get; }

    /// <summary>What every party keeps.</summary>
    public ConcurrentDictionary<PartyId, WatchedStore> Stores { get; } = new();

    /// <summary>Everything that was sent in the last run.</summary>
    public ConcurrentQueue<Envelope> Sent { get; private set; } = [];

    /// <summary>Prepares, and stops.</summary>
    public async Task<PreparedRounds> PrepareAsync(int? rounds = null)
    {
        var preparation = new Preparation(rounds);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var running = RunAsync(preparation, stop.Token);
        if (await Task.WhenAny(preparation.Done, running) == running) await running;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        return await preparation.Done;
    }

    /// <summary>Trains to the end.</summary>
    public async Task<double[]> TrainAsync()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return [.. (await RunAsync(null, stop.Token)).Parameters.Values.SelectMany(v => v.ToArray())];
    }

    private async Task<TrainedModel> RunAsync(Preparation? preparation, CancellationToken cancellationToken)
    {
        Sent = [];
        var network = new InProcessNetwork(TimeSpan.FromSeconds(5)) { Intercept = Watch };
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parties = Roster.Parties.Select(p => Task.Run(() => LiveAsync(p, network, preparation, failed))).ToArray();
        try
        {
            return (await parties[0])!;
        }
        finally
        {
            // Why somebody else failed says more than that the coordinator did not come to its end.
            await Task.WhenAll(parties);
        }
    }

    private Envelope Watch(Envelope envelope)
    {
        Sent.Enqueue(envelope with { Payload = envelope.Payload.ToArray() });
        return envelope;
    }

    private async Task<TrainedModel?> LiveAsync(Party party, InProcessNetwork network, Preparation? preparation, CancellationTokenSource failed)
    {
        var store = Stores.GetOrAdd(party.Id, _ => new WatchedStore());
        var session = new Session
        {
            Self = party.Id,
            Roster = Roster,
            Channel = network.Connect(party),
            Signer = _identities[party.Id],
            Checkpoints = store,
            OnceOnly = store,
            Preparation = party.Role == PartyRole.Coordinator ? preparation : null,
        };
        try
        {
            return await _terms.RunAsync(session, Shards.GetValueOrDefault(party.Id), failed.Token);
        }
        catch (Exception)
        {
            await failed.CancelAsync();
            throw;
        }
        finally
        {
            network.Disconnect(party.Id);
        }
    }
}
