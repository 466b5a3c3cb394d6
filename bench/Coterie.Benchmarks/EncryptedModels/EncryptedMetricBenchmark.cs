using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
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
using Coterie.Privacy.EncryptedModel.Value;

namespace Coterie.Benchmarks.EncryptedModels;

/// <summary>The error of an encrypted linear model, and the errors of all coalitions of its trainers, opened between a validator, the coordinator and the model owner.</summary>
internal sealed class EncryptedMetricBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "encrypted-metric";

    private const string Method = """
        One validator with 50 rows and 11 coefficients (12 columns with the target), one coordinator, one model owner, in one process, on one thread each: processor time of each party in the whole protocol,
        messages and signatures included, medians of 5 after 2 to warm up. `sent` is what the party sends. `value of K` opens the sums that give the errors of all 2^K coalitions.
        `plain` is the mean squared error in clear.
        """;

    private const int Rows = 50, Coefficients = 11, FractionBits = 50, WarmUps = 2, Repeats = 5;

    private static readonly PartyId Coordinator = new("coordinator"), Owner = new("buyer"), Validator = new("validator");

    private readonly Dictionary<PartyId, PartyIdentity> _identities = new[] { Coordinator, Owner, Validator }.ToDictionary(p => p, _ => PartyIdentity.Create());
    private readonly Roster _roster;
    private readonly Shard _shard;
    private readonly MetricTerms _terms = new([1, .. Enumerable.Repeat(8.0, Coefficients - 1)], 16, Rows, 1000);
    private readonly Matrix _weights;

    private EncryptedMetricBenchmark()
    {
        _roster = new Roster("bench", _identities.Select(i => new Party(i.Key, i.Key == Coordinator ? PartyRole.Coordinator : i.Key == Owner ? PartyRole.ModelOwner : PartyRole.Participant, i.Value.PublicKey)), "bench", 0, true, new byte[32]);
        var random = new SeededRandom(1);
        Matrix Numbers(int rows, int columns) => Matrix.Create(rows, columns, v =>
        {
            for (var i = 0; i < v.Length; i++) v[i] = columns > 1 && i % columns == 0 ? 1 : random.NextGaussian();
        });
        (_shard, _weights) = (new Shard(Numbers(Rows, Coefficients), Numbers(Rows, 1)), Numbers(Coefficients, 1));
    }

    public static async Task<Report> RunAsync()
    {
        var report = new Report(Name, "The metric of an encrypted model", Method);
        var benchmark = new EncryptedMetricBenchmark();
        var table = new MarkdownTable("what", "key bits", "validator", "coordinator", "owner", "validator sent", "coordinator sent", "owner sent");
        var plain = Stopwatches.Kernel(() => benchmark.PlainError());
        table.Add("plain", "", Figures.Seconds(plain), "", "", "", "", "");
        foreach (var bits in new[] { 2048, 3072 })
        {
            using var key = PaillierSecretKey.Generate(bits);
            foreach (var trainers in new[] { 0, 4, 10 })
            {
                var runs = new List<(double[] Cpu, long[] Sent)>();
                for (var i = 0; i < WarmUps + Repeats; i++) runs.Add(await benchmark.OnceAsync(key, trainers));
                double[] cpu = [.. Enumerable.Range(0, 3).Select(p => Stopwatches.Median([.. runs.Skip(WarmUps).Select(r => r.Cpu[p])]))];
                table.Add(
                    [trainers == 0 ? "metric" : $"value of {trainers}", Figures.Count(bits), .. cpu.Select(Figures.Seconds), .. runs[^1].Sent.Select(s => $"{Figures.Three(s / 1000.0)} kB")]);
            }
        }
        report.Add(table);
        foreach (var identity in benchmark._identities.Values) identity.Dispose();
        return report;
    }

    /// <summary>Validator, coordinator and owner, once; with trainers their coalitions' value, without the metric.</summary>
    private async Task<(double[] Cpu, long[] Sent)> OnceAsync(PaillierSecretKey key, int trainers)
    {
        var network = new InProcessNetwork(TimeSpan.FromMinutes(5));
        var start = Matrix.Zero(Coefficients, 1);
        var hidden = Encrypt(key, trainers == 0 ? _weights : Matrix.Create(Coefficients, trainers, m =>
        {
            for (var i = 0; i < m.Length; i++) m[i] = -_weights.Values[i / trainers] / trainers;
        }));
        var model = ModelReference.Of(hidden);
        PartyId[] parties = [Validator, Coordinator, Owner];
        var meters = parties.ToDictionary(p => p, _ => new MeteredScheduler());
        var results = await Task.WhenAll(parties.Select(party => meters[party].RunAsync(async () =>
        {
            var store = new MemoryStore();
            var session = new Session { Self = party, Roster = _roster, Channel = network.Connect(_roster[party]), Signer = _identities[party], Checkpoints = store, OnceOnly = store };
            var setting = new MetricSetting(session, new StepTag("bench/metric"), [Validator], key.PublicKey, party == Owner ? key : null, _terms, new byte[32]);
            var (mine, known) = (party == Validator ? _shard : null, party == Owner ? null : hidden);
            return trainers == 0
                ? await EncryptedMetric.RunAsync(setting, model, known, mine, CancellationToken.None)
                : (await EncryptedValue.RunAsync(setting, start, model, known, mine, CancellationToken.None))?.OfAll;
        })));
        foreach (var meter in meters.Values) await meter.SettleAsync();
        if (Math.Abs(results[1]!.Value - PlainError()) > 0.01) throw new InvalidOperationException("The error that was opened is not the plain one.");
        return ([.. parties.Select(p => meters[p].Cpu.TotalSeconds)], [.. parties.Select(p => (long)network.Traffic.SentBy(p))]);
    }

    private double PlainError()
    {
        var residuals = _shard.Targets! + (-1 * (_shard.Features * _weights));
        var sum = 0.0;
        foreach (var e in residuals.Values) sum += e * e;
        return sum / Rows;
    }

    private static EncryptedMatrix Encrypt(PaillierSecretKey key, Matrix values)
    {
        var integers = Plaintexts.FromInt64(key.PublicKey, [.. values.ToArray().Select(v => (long)Math.Round(Math.ScaleB(v, FractionBits)))]);
        return EncryptedMatrix.Of(key.Encrypt(integers, CryptographicRandom.Instance), values.Rows, values.Columns, Unit.PowerOfTwo(-FractionBits), FractionBits + 4);
    }
}
