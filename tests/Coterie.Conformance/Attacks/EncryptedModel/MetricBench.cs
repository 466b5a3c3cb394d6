using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>A buyer, a coordinator, trainers and validators in one process, with an encrypted linear model between them.</summary>
internal sealed class MetricBench
{
    public static readonly PartyId Coordinator = new("coordinator"), Owner = new("buyer");

    private const int FractionBits = 40;
    private static readonly ConcurrentDictionary<int, Lazy<PaillierSecretKey>> Keys = new();
    private readonly Dictionary<PartyId, PartyIdentity> _identities;

    /// <param name="rows">Rows of each validator.</param>
    /// <param name="features">Without the intercept.</param>
    /// <param name="bits">Of the owner's key.</param>
    public MetricBench(int[]? rows = null, int features = 3, int bits = 512)
    {
        rows ??= [20, 7];
        Validators = [.. Enumerable.Range(0, rows.Length).Select(i => new PartyId($"v{i:00}"))];
        var parties = Validators.Select(v => (v, PartyRole.Participant)).Append((new PartyId("trainer"), PartyRole.Participant))
            .Append((Coordinator, PartyRole.Coordinator)).Append((Owner, PartyRole.ModelOwner)).ToArray();
        _identities = parties.ToDictionary(p => p.Item1, _ => PartyIdentity.Create());
        Roster = new Roster("market", parties.Select(p => new Party(p.Item1, p.Item2, _identities[p.Item1].PublicKey)), "encrypted-model", 0, allowSmallRoster: false, new byte[32]);
        Key = KeyOf(bits);
        Terms = new MetricTerms([1, .. Enumerable.Repeat(6.0, features)], 12, Math.Max(60, rows.Max()), 100);
        var random = new SeededRandom(3);
        Shards = Validators.Zip(rows).ToDictionary(v => v.First, v => Rows(v.Second, features, random));
        Weights = Matrix.Create(features + 1, 1, w =>
        {
            for (var i = 0; i < w.Length; i++) w[i] = random.NextGaussian();
        });
        Model = Encrypt(Weights);
        foreach (var (party, _) in parties) Stores[party] = new MemoryStore();
    }

    public ImmutableArray<PartyId> Validators { get; }

    public Roster Roster { get; }

    public PaillierSecretKey Key { get; }

    public MetricTerms Terms { get; set; }

    public Dictionary<PartyId, Shard> Shards { get; }

    public Matrix Weights { get; }

    public EncryptedMatrix Model { get; set; }

    public Dictionary<PartyId, MemoryStore> Stores { get; } = [];

    public Func<Envelope, Envelope?>? Intercept { get; set; }

    /// <summary>What a party does in place of the protocol.</summary>
    public Dictionary<PartyId, Func<MetricSetting, Task>> Rogues { get; } = [];

    public Transcript TranscriptOf(PartyId party) => _transcripts[party];

    private readonly ConcurrentDictionary<PartyId, Transcript> _transcripts = new();

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public static PaillierSecretKey KeyOf(int bits) => Keys.GetOrAdd(bits, b => new Lazy<PaillierSecretKey>(() => b >= 2048 ? PaillierSecretKey.Generate(b) : InsecurePaillierKeys.Generate(b))).Value;

    public PartyIdentity IdentityOf(PartyId party) => _identities[party];

    public EncryptedMatrix Encrypt(Matrix values, PaillierSecretKey? key = null)
    {
        key ??= Key;
        var integers = values.Values.ToArray().Select(v => new BigInteger(Math.Round(Math.ScaleB(v, FractionBits)))).ToArray();
        var ciphertexts = key.PublicKey.Encrypt(Plaintexts.FromBigIntegers(key.PublicKey, integers), CryptographicRandom.Instance);
        return EncryptedMatrix.Of(ciphertexts, values.Rows, values.Columns, Unit.PowerOfTwo(-FractionBits), FractionBits + 4);
    }

    /// <summary>The mean squared error in clear.</summary>
    public double PlainError(Matrix weights)
    {
        var squares = Shards.Values.SelectMany(s => (s.Targets! + (-1 * (s.Features * weights))).ToArray()).ToArray();
        return squares.Sum(e => e * e) / squares.Length;
    }

    /// <summary>What an opened mean may differ by: half of the noise, and roundings.</summary>
    public double Tolerance => Terms.TargetBound * Terms.TargetBound * (Math.ScaleB(1, -Terms.FractionBits - 1) + 1e-7);

    public MetricSetting SettingOf(PartyId party, InProcessNetwork? network = null, string step = "market/metric") => new(
        new Session
        {
            Self = party,
            Roster = Roster,
            Channel = (network ?? new InProcessNetwork(Patience)).Connect(Roster[party]),
            Signer = _identities[party],
            Checkpoints = Stores[party],
            OnceOnly = Stores[party],
            Transcript = _transcripts.GetOrAdd(party, _ => new Transcript()),
        },
        new StepTag(step), Validators, Key.PublicKey, party == Owner ? Key : null, Terms, "everything so far"u8.ToArray());

    /// <summary>The question as a party with the bench's model sees it.</summary>
    public ProductQuestion Question(MetricSetting setting) => EncryptedMetric.QuestionOf(setting, ModelReference.Of(Model), Model);

    /// <summary>The metric at every party.</summary>
    public Task<Dictionary<PartyId, (double? Result, Exception? Error)>> RunAsync(string step = "market/metric", Func<PartyId, EncryptedMatrix>? model = null, Func<MetricSetting, MetricSetting>? change = null) =>
        RunAsync<double?>(
            setting =>
            {
                var (self, known) = (setting.Session.Self, model?.Invoke(setting.Session.Self) ?? Model);
                return EncryptedMetric.RunAsync(
                    change?.Invoke(setting) ?? setting, ModelReference.Of(known), self == Owner || self.Name == "trainer" ? null : known, Shards.GetValueOrDefault(self), CancellationToken.None);
            }, step);

    public async Task<Dictionary<PartyId, (T? Result, Exception? Error)>> RunAsync<T>(Func<MetricSetting, Task<T?>> honest, string step = "market/metric")
    {
        var network = new InProcessNetwork(Patience) { Intercept = Intercept };
        async Task<(T?, Exception?)> Party(PartyId party)
        {
            try
            {
                var setting = SettingOf(party, network, step);
                if (!Rogues.TryGetValue(party, out var rogue)) return (await honest(setting), null);
                await rogue(setting);
                return default;
            }
            catch (Exception error) when (error is ProtocolException or PeerUnavailableException or ArgumentException)
            {
                return (default, error);
            }
            finally
            {
                network.Disconnect(party);
            }
        }
        var running = Roster.Parties.ToDictionary(p => p.Id, p => Task.Run(() => Party(p.Id)));
        await Task.WhenAll(running.Values);
        return running.ToDictionary(r => r.Key, r => r.Value.Result);
    }

    private static Shard Rows(int count, int features, SeededRandom random)
    {
        var x = Matrix.Create(count, features + 1, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = i % (features + 1) == 0 ? 1 : Math.Clamp(random.NextGaussian(), -6, 6);
        });
        return new Shard(x, Matrix.Create(count, 1, y =>
        {
            for (var i = 0; i < y.Length; i++) y[i] = Math.Clamp(x[i, 1] - x[i, 2] + random.NextGaussian(), -12, 12);
        }));
    }
}
