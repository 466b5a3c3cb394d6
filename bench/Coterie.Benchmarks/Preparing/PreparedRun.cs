using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Privacy;

namespace Coterie.Benchmarks.Preparing;

/// <summary>A run in this process whose parties keep what they have in sealed memory between preparing and training.</summary>
internal sealed class PreparedRun : IDisposable
{
    private readonly PartyRun _terms;
    private readonly TrainingTask _task;
    private readonly Dictionary<PartyId, PartyIdentity> _identities;
    private readonly Dictionary<PartyId, MemoryStore> _stores;
    private readonly Roster _roster;

    public PreparedRun(TrainingTask task)
    {
        (_task, _terms) = (task, new PartyRun(task.Plan, task.Mode, task.Schema));
        NamedParty[] named = ModeCatalogue.NamedPartyFor(task.Mode) is { } party ? [party] : [];
        (PartyId Id, PartyRole Role)[] parties = [(FederatedTraining.Coordinator, PartyRole.Coordinator), .. task.Participants.Select(p => (p.Name, PartyRole.Participant)), .. named.Select(n => (n.Id, n.Role))];
        _identities = parties.ToDictionary(p => p.Id, _ => PartyIdentity.Create());
        _stores = parties.ToDictionary(p => p.Id, _ => new MemoryStore());
        _roster = _terms.RosterOf(task.RunId, [.. parties.Select(p => new Party(p.Id, p.Role, _identities[p.Id].PublicKey))]);
    }

    /// <summary>Prepares all rounds; what was prepared, and bytes that were sent.</summary>
    public async Task<(PreparedRounds Prepared, long Bytes)> PrepareAsync()
    {
        var (preparation, network) = (new Preparation(), new InProcessNetwork(_task.Patience));
        using var stop = new CancellationTokenSource();
        var running = RunAsync(network, preparation, stop.Token);
        if (await Task.WhenAny(preparation.Done, running) == running) await running;
        await stop.CancelAsync();
        await Task.WhenAny(running);
        return (await preparation.Done, SentOn(network));
    }

    /// <summary>Trains to the end; bytes that were sent.</summary>
    public async Task<long> TrainAsync()
    {
        var network = new InProcessNetwork(_task.Patience);
        await RunAsync(network, null, CancellationToken.None);
        return SentOn(network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var identity in _identities.Values) identity.Dispose();
    }

    private long SentOn(InProcessNetwork network) => _roster.Parties.Sum(p => network.Traffic.SentBy(p.Id));

    private async Task RunAsync(InProcessNetwork network, Preparation? preparation, CancellationToken cancellationToken)
    {
        var shards = _task.Participants.ToDictionary(p => p.Name, p => p.Shard);
        await Task.WhenAll(_roster.Parties.Select(party => Task.Run(
            async () =>
            {
                using var closed = new SealedCheckpoints(_stores[party.Id], _roster.RunId, _identities[party.Id].DeriveKey(SealedCheckpoints.PurposeOf(_roster.RunId)));
                var session = new Session
                {
                    Self = party.Id,
                    Roster = _roster,
                    Channel = network.Connect(party),
                    Signer = _identities[party.Id],
                    Checkpoints = closed,
                    OnceOnly = _stores[party.Id],
                    Preparation = party.Role == PartyRole.Coordinator ? preparation : null,
                };
                await _terms.RunAsync(session, shards.GetValueOrDefault(party.Id), cancellationToken);
            },
            CancellationToken.None)));
    }
}
