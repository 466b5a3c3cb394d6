using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Federation.Training;
using Coterie.Federation.Transports.Durable;
using Coterie.Privacy;

namespace Coterie.Conformance.Soak;

/// <summary>One run of a task by parties that each have a folder, a store and a carrier of their own, and that die and come back.</summary>
internal sealed class SoakRun(TrainingTask task, ISoakNetwork network, FaultPlan plan, string folder)
{
    private readonly PartyRun _terms = new(task.Plan, task.Mode, task.Schema);

    private PreparedRounds? _prepared;

    /// <summary>Whether the coordinator first prepares all rounds, dies, and comes back to train.</summary>
    public bool Prepares { get; init; }

    /// <summary>What was prepared.</summary>
    public PreparedRounds? Prepared => _prepared;

    /// <summary>Lives all parties had together.</summary>
    public int Lives { get; private set; }

    /// <summary>What the coordinator said of its rounds, repeated ones too: who was left in each.</summary>
    public ConcurrentQueue<string> Rounds { get; } = new();

    /// <summary>Runs to the end; the coordinator's model, or the one all participants have.</summary>
    public async Task<TrainedModel> RunAsync(CancellationToken cancellationToken)
    {
        var coordinator = FederatedTraining.Coordinator;
        NamedParty[] named = ModeCatalogue.NamedPartyFor(task.Mode) is { } party ? [party] : [];
        await network.BeginAsync(coordinator, task.Participants.Select(p => (p.Name, PartyRole.Participant)).Concat(named.Select(n => (n.Id, n.Role))), cancellationToken);
        var roster = _terms.RosterOf(task.RunId,
        [
            new Party(coordinator, PartyRole.Coordinator, network.IdentityOf(coordinator).PublicKey),
            .. task.Participants.Select(p => new Party(p.Name, PartyRole.Participant, network.IdentityOf(p.Name).PublicKey)),
            .. named.Select(n => new Party(n.Id, n.Role, network.IdentityOf(n.Id).PublicKey)),
        ]);
        var shards = task.Participants.ToImmutableDictionary(p => p.Name, p => p.Shard);
        var parties = roster.Parties.Select(p => Task.Run(() => LiveUntilDoneAsync(roster, p.Id, shards.GetValueOrDefault(p.Id), cancellationToken), CancellationToken.None)).ToArray();
        var models = await Task.WhenAll(parties);
        if (task.Mode.ModelOwner is not null) return models[^1] ?? throw new InvalidOperationException("The model's owner has no model.");
        if (!ModeCatalogue.Find(task.Mode.Mode)!.HidesModel) return models[0] ?? throw new InvalidOperationException("The coordinator has no model.");
        if (models[0] is not null) throw new InvalidOperationException("The coordinator has the model.");
        var theirs = models[1..].Select(m => m ?? throw new InvalidOperationException("A participant has no model.")).ToArray();
        return theirs.DistinctBy(m => Convert.ToHexString(BlocksCodec.Hash(m.Parameters))).Count() == 1 ? theirs[0] : throw new InvalidOperationException("The participants have different models.");
    }

    private async Task<TrainedModel?> LiveUntilDoneAsync(Roster roster, PartyId self, Shard? shard, CancellationToken cancellationToken)
    {
        for (var life = 0; ; life++)
        {
            lock (plan) Lives++;
            using var death = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                return await LiveAsync(roster, self, shard, death);
            }
            catch (Exception e) when (e is not CarrierEndedException && death.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Killed: whatever it was doing is lost but for what lies on its disk.
            }
            await Task.Delay(20 + (7 * life % 50), cancellationToken);
        }
    }

    private async Task<TrainedModel?> LiveAsync(Roster roster, PartyId self, Shard? shard, CancellationTokenSource death)
    {
        using var store = NodeStore.Open(Path.Combine(folder, self.Name));
        await using var carrier = new FaultyCarrier(await network.ConnectAsync(self, death.Token), plan, death.Cancel, () => network.CutAsync(self));
        var switchboard = new Switchboard(carrier);
        var runs = store.OpenRun(roster.RunId);
        await using var channel = switchboard.Open(new RunChannelOptions { Roster = roster, Store = runs });
        var link = CarryAsync(carrier, switchboard, death);
        try
        {
            var preparation = Prepares && self == roster.Coordinator && _prepared is null ? new Preparation() : null;
            if (preparation is not null) _ = DieWhenPreparedAsync(preparation, death);
            using var closed = new SealedCheckpoints(runs, roster.RunId, network.IdentityOf(self).DeriveKey(SealedCheckpoints.PurposeOf(roster.RunId)));
            var session = new Session
            {
                Self = self,
                Roster = roster,
                Channel = channel,
                Signer = network.IdentityOf(self),
                // Where others search the files for what must not be there, nothing is sealed.
                Checkpoints = Prepares ? closed : runs,
                Preparation = preparation,
                OnceOnly = runs,
                Progress = self == roster.Coordinator ? new Heard(Rounds) : null,
                Transcript = new Transcript(runs.Openings(), runs.RecordOpening),
            };
            var model = await _terms.RunAsync(session, shard, death.Token);
            await FarewellAsync(channel, death.Token);
            return model;
        }
        finally
        {
            await death.CancelAsync();
            await link;
        }
    }

    private async Task DieWhenPreparedAsync(Preparation preparation, CancellationTokenSource death)
    {
        _prepared = await preparation.Done;
        await death.CancelAsync();
    }

    /// <summary>A carrier ends with the party's life and not before: without it the party would wait for ever.</summary>
    private static async Task CarryAsync(FaultyCarrier carrier, Switchboard switchboard, CancellationTokenSource death)
    {
        try
        {
            await carrier.RunAsync(switchboard, death.Token);
        }
        catch (OperationCanceledException) when (death.IsCancellationRequested)
        {
            // Its life is over.
        }
        catch (Exception e) when (!death.IsCancellationRequested)
        {
            await death.CancelAsync();
            throw new CarrierEndedException($"{carrier.Self}'s carrier has ended by itself.", e);
        }
    }

    /// <summary>A peer that ended while this party was dead does not come back to say so: nobody waits for it for ever.</summary>
    private static async Task FarewellAsync(RunChannel channel, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(1));   // dead parties are back in a fraction of it
        try
        {
            await channel.DrainAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What could be delivered is.
        }
        await channel.DepartAsync(failed: false, "done", cancellationToken);
    }

    private sealed class Heard(ConcurrentQueue<string> rounds) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => rounds.Enqueue($"{value.Step.Path}: {value.Survivors} survivors");
    }

    private sealed class CarrierEndedException(string message, Exception cause) : Exception(message, cause);
}
