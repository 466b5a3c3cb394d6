using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Sums;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Testing;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>Participants that train one stage on an encrypted model whose key the test knows, with everything that is sent in reach.</summary>
internal sealed class ModelBench
{
    public const int Rounds = 30;

    public static readonly PartyId Coordinator = new("coordinator"), Buyer = new("buyer");

    private static readonly Lazy<PaillierSecretKey> SharedKey = new(() => InsecurePaillierKeys.Generate(Runs.InsecureKeyBits));

    private readonly Dictionary<PartyId, PartyIdentity> _identities;
    private readonly Schema _schema;
    private readonly Shard[] _shards;

    public ModelBench(bool isSeparate, int participants = 4, ILearner<LinearModel>? learner = null)
    {
        Learner = learner ?? new RidgeDescent(1, 0.2);
        Names = [.. Enumerable.Range(0, participants).Select(i => new PartyId($"p{i:000}"))];
        var parties = Names.Select(n => (n, PartyRole.Participant)).Prepend((Coordinator, PartyRole.Coordinator)).Concat(isSeparate ? [(Buyer, PartyRole.ModelOwner)] : []).ToArray();
        _identities = parties.ToDictionary(p => p.Item1, _ => PartyIdentity.Create());
        Roster = new Roster(
            "test", parties.Select(p => new Party(p.Item1, p.Item2, _identities[p.Item1].PublicKey)), ModeCatalogue.EncryptedModel, SumPolicy.SmallestThreshold(participants), allowSmallRoster: false, new byte[32]);
        var (schema, shard) = SampleTask.For(Learner.Task);
        (_schema, shard) = LocalPipelineSchema.Of(schema, shard, Learner.Task);
        _shards = [.. Table.Deal(shard, participants)];
    }

    public static PaillierSecretKey Key => SharedKey.Value;

    /// <summary>What is trained.</summary>
    public ILearner<LinearModel> Learner { get; }

    /// <summary>Rounds of it.</summary>
    public int RoundsAtMost { get; init; } = Rounds;

    /// <summary>The intercept and the coefficients.</summary>
    public static int Parameters => 5;

    public ImmutableArray<PartyId> Names { get; }

    public Roster Roster { get; }

    public Func<Envelope, Envelope?>? Intercept { get; init; }

    /// <summary>A participant's rows in place of its own.</summary>
    public Dictionary<PartyId, Shard> Rows { get; } = [];

    /// <summary>What every party keeps when the run is begun again.</summary>
    public ConcurrentDictionary<PartyId, MemoryStore> Stores { get; } = new();

    /// <summary>The rows of a participant.</summary>
    public Shard RowsOf(PartyId name) => Rows.TryGetValue(name, out var rows) ? rows : _shards[Names.IndexOf(name)];

    /// <summary>What a party does in place of the protocol.</summary>
    public Dictionary<PartyId, Func<Session, Task>> Rogues { get; } = [];

    /// <summary>Everything that was sent.</summary>
    public ConcurrentQueue<Envelope> Sent { get; } = [];

    public ConcurrentDictionary<PartyId, Transcript> Transcripts { get; } = new();

    public static TrainingStage Stage { get; } = new(new StepTag("test/learner"), new StopRule(Rounds, null), 0, ModelAudience.Owner);

    public InProcessNetwork? Network { get; private set; }

    /// <summary>How every party ended: with the model where it is its own, or an error.</summary>
    public async Task<Dictionary<PartyId, (LinearModel? Model, Exception? Error)>> RunAsync()
    {
        Network = new InProcessNetwork(TimeSpan.FromSeconds(5))
        {
            Intercept = e =>
            {
                Sent.Enqueue(e with { Payload = e.Payload.ToArray() });
                return Intercept is null ? e : Intercept(e);
            },
        };
        var parties = Roster.Parties.ToDictionary(p => p.Id, p => Task.Run(() => LiveAsync(p.Id)));
        await Task.WhenAll(parties.Values);
        return parties.ToDictionary(p => p.Key, p => p.Value.Result);
    }

    /// <summary>The plaintexts of the ciphertexts that a message's blocks hold, with their units, where the message begins with so many other bytes.</summary>
    public static (System.Numerics.BigInteger[] Plaintexts, Unit Unit, int Bits)[] Open(Envelope envelope, int head, params int[] lengths)
    {
        var reader = new Core.Wire.WireReader(envelope.Payload.Span[head..], envelope.From, envelope.Step);
        var like = new Blocks<Core.Numerics.Matrix>([.. lengths.Select((_, i) => $"{i}")], [.. lengths.Select(l => Core.Numerics.Matrix.Zero(l, 1))]);
        var blocks = HiddenModel.Read(ref reader, Key.PublicKey, like);
        return [.. blocks.Values.Select(b => (Open(b.Hidden!), b.Unit, b.Bits))];
    }

    /// <summary>The ciphertexts of a message modulo n.</summary>
    public static System.Numerics.BigInteger[] Randomness(Envelope envelope, params int[] lengths)
    {
        var reader = new Core.Wire.WireReader(envelope.Payload.Span, envelope.From, envelope.Step);
        var like = new Blocks<Core.Numerics.Matrix>([.. lengths.Select((_, i) => $"{i}")], [.. lengths.Select(l => Core.Numerics.Matrix.Zero(l, 1))]);
        return [.. HiddenModel.Read(ref reader, Key.PublicKey, like).Values.SelectMany(b => Randomness(b.Hidden!))];
    }

    /// <summary>Ciphertexts modulo n.</summary>
    public static System.Numerics.BigInteger[] Randomness(Ciphertexts ciphertexts)
    {
        var key = ciphertexts.Key;
        var bytes = key.ToBytes(ciphertexts);
        var n = new System.Numerics.BigInteger(System.Runtime.InteropServices.MemoryMarshal.AsBytes(key.Modulus), isUnsigned: true);
        return [.. Enumerable.Range(0, ciphertexts.Count).Select(i => new System.Numerics.BigInteger(bytes.AsSpan(i * key.CiphertextBytes, key.CiphertextBytes), isUnsigned: true) % n)];
    }

    public static System.Numerics.BigInteger[] Open(Ciphertexts ciphertexts)
    {
        var opened = Key.Decrypt(ciphertexts);
        return [.. Enumerable.Range(0, opened.Count).Select(i => opened.ToBigInteger(Key.PublicKey, i))];
    }

    private async Task<(LinearModel? Model, Exception? Error)> LiveAsync(PartyId self)
    {
        var store = Stores.GetOrAdd(self, _ => new MemoryStore());
        if (self == Roster.ModelOwner) await store.SaveAsync("test/model-key/secret", Key.ExportPrivateKey(), CancellationToken.None);
        var session = new Session { Self = self, Roster = Roster, Channel = Network!.Connect(Roster[self]), Signer = _identities[self], Checkpoints = store, OnceOnly = store };
        Transcripts[self] = session.Transcript;
        try
        {
            if (Rogues.TryGetValue(self, out var rogue))
            {
                await rogue(session);
                return (null, null);
            }
            using var mode = new EncryptedModelMode(new PaillierKeySize(Runs.InsecureKeyBits, IsInsecure: true));
            return (await mode.TrainAsync(Learner, Stage with { Stop = new StopRule(RoundsAtMost, null) }, session, _schema, Names.Contains(self) ? RowsOf(self) : null, CancellationToken.None), null);
        }
        catch (Exception error) when (error is ProtocolException or PeerUnavailableException or PartyGoneException)
        {
            return (null, error);
        }
        finally
        {
            Network.Disconnect(self);
        }
    }
}
