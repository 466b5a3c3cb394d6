using System.Collections.Immutable;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;
using Coterie.Privacy.Sums;
using Coterie.Testing;

namespace Coterie.Conformance.Attacks.SharedKey;

/// <summary>Participants that train one stage with a hidden model, in the mode <c>shared-key</c> unless told otherwise, with a coordinator that may be an attacker's.</summary>
internal sealed class HiddenBench
{
    public const int Rounds = 3;

    public static readonly PartyId Coordinator = new("coordinator");

    private readonly Dictionary<PartyId, PartyIdentity> _identities;
    private readonly Schema _schema;
    private readonly Shard[] _shards;

    public HiddenBench(int participants)
    {
        Names = [.. Enumerable.Range(0, participants).Select(i => new PartyId($"p{i:000}"))];
        _identities = Names.Append(Coordinator).ToDictionary(n => n, _ => PartyIdentity.Create());
        Roster = new Roster(
            "test", Names.Select(n => new Party(n, PartyRole.Participant, _identities[n].PublicKey)).Prepend(new Party(Coordinator, PartyRole.Coordinator, _identities[Coordinator].PublicKey)),
            "shared-key", SumPolicy.SmallestThreshold(participants), allowSmallRoster: false, new byte[32]);
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        (_schema, shard) = LocalPipelineSchema.Of(schema, shard, LearningTask.Regression);
        _shards = [.. Table.Deal(shard, participants)];
    }

    public ImmutableArray<PartyId> Names { get; }

    public Roster Roster { get; }

    /// <summary>How sums are hidden.</summary>
    public Func<IHiddenSum> Sum { get; init; } = () => new SharedKeySum();

    /// <summary>What each participant believes to train.</summary>
    public Func<PartyId, ISummed<LinearModel>> Learner { get; init; } = _ => new RidgeDescent();

    public Func<Envelope, Envelope?>? Intercept { get; init; }

    public Dictionary<PartyId, MemoryStore> Stores { get; } = [];

    public static TrainingStage Stage { get; } = new(new StepTag("test/learner"), new StopRule(Rounds, null), 0, ModelAudience.Participants);

    public PartyIdentity IdentityOf(PartyId party) => _identities[party];

    /// <summary>How every participant ended: with its model's bytes, or an error.</summary>
    public async Task<Dictionary<PartyId, (byte[]? Model, Exception? Error)>> RunAsync(Func<Session, Task> coordinator)
    {
        var network = new InProcessNetwork(TimeSpan.FromSeconds(5)) { Intercept = Intercept };
        foreach (var party in Names.Append(Coordinator)) Stores[party] = new MemoryStore();
        Session Open(PartyId party) => SessionOf(party, network);
        async Task<(byte[]?, Exception?)> Participate(PartyId party)
        {
            try
            {
                using var mode = new HiddenSumMode(Sum());
                var learner = Learner(party);
                var model = await mode.TrainAsync(learner, Stage, Open(party), _schema, _shards[Names.IndexOf(party)], CancellationToken.None);
                return (BlocksCodec.ToBytes(learner.Pack(model!)), null);
            }
            catch (Exception error) when (error is ProtocolException or PeerUnavailableException)
            {
                return (null, error);
            }
            finally
            {
                network.Disconnect(party);
            }
        }

        var participants = Names.ToDictionary(n => n, n => Task.Run(() => Participate(n)));
        try
        {
            await Task.Run(() => coordinator(Open(Coordinator)));
        }
        catch (Exception error) when (error is ProtocolException or PeerUnavailableException)
        {
            CoordinatorError = error;
        }
        finally
        {
            network.Disconnect(Coordinator);
        }
        await Task.WhenAll(participants.Values);
        return participants.ToDictionary(p => p.Key, p => p.Value.Result);
    }

    /// <summary>A party with the store it has.</summary>
    public Session SessionOf(PartyId party, InProcessNetwork? network = null)
    {
        var channel = (network ?? new InProcessNetwork(TimeSpan.FromSeconds(5))).Connect(Roster[party]);
        return new Session { Self = party, Roster = Roster, Channel = channel, Signer = _identities[party], Checkpoints = Stores[party], OnceOnly = Stores[party] };
    }

    /// <summary>Why the coordinator ended early; null where it did not.</summary>
    public Exception? CoordinatorError { get; private set; }

    /// <summary>The coordinator as shipped.</summary>
    public async Task HonestAsync(Session session)
    {
        using var mode = new HiddenSumMode(Sum());
        Assert.Null(await mode.TrainAsync(new RidgeDescent(), Stage, session, _schema, null, CancellationToken.None));
    }
}
