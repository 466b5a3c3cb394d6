using Coterie.Conformance.Attacks;
using Coterie.Conformance.Attacks.EncryptedModel;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.EncryptedModel.Metric;
using Coterie.Privacy.EncryptedModel.Value;

namespace Coterie.Conformance.Laws;

/// <summary>What is opened of an encrypted model's errors is what they are in clear, to the stated precision, and opened to coordinator and owner alone.</summary>
public sealed class EncryptedMetricTests
{
    private static readonly PartyId Trainer = new("trainer");

    [Theory]
    [InlineData(512, 3, new[] { 20 })]
    [InlineData(512, 3, new[] { 1 })]
    [InlineData(512, 3, new[] { 20, 7, 60 })]
    [InlineData(640, 8, new[] { 3, 5 })]
    [InlineData(2048, 4, new[] { 30 })]
    public async Task Metric_OfAnEncryptedModel_EqualsThePlainOne(int bits, int features, int[] rows)
    {
        var bench = new MetricBench(rows, features, bits);
        var run = await bench.RunAsync();
        Assert.All(run.Values, r => Assert.Null(r.Error));
        Assert.Equal(bench.PlainError(bench.Weights), run[MetricBench.Coordinator].Result!.Value, bench.Tolerance);
        Assert.Equal(run[MetricBench.Coordinator].Result, run[MetricBench.Owner].Result);
        Assert.All(run.Where(r => r.Key != MetricBench.Coordinator && r.Key != MetricBench.Owner), r => Assert.Null(r.Value.Result));
    }

    [Fact]
    public async Task Metric_IsRecordedWhereItIsLearned()
    {
        var bench = new MetricBench();
        await bench.RunAsync();
        foreach (var party in new[] { MetricBench.Coordinator, MetricBench.Owner })
            Assert.Single(bench.TranscriptOf(party).Openings, o => o is { Values: 1, Contributors: 2 } && o.What.Contains("squared error", StringComparison.Ordinal) && o.To == party);
        Assert.Equal("number of rows of each validator", Assert.Single(bench.TranscriptOf(bench.Validators[0]).Openings).What);
        Assert.Empty(bench.TranscriptOf(Trainer).Openings);
    }

    // Columns of very different ranges keep their precision: each has a scale of its own.
    [Fact]
    public async Task Metric_OfUnevenColumns_EqualsThePlainOne()
    {
        var bench = new MetricBench([25], features: 2) { Terms = new MetricTerms([1, 4000, 0.005], 12, 60, 1) };
        var old = bench.Shards[bench.Validators[0]];
        bench.Shards[bench.Validators[0]] = old with
        {
            Features = Matrix.Create(25, 3, x =>
            {
                for (var i = 0; i < x.Length; i++) x[i] = old.Features.Values[i] * new[] { 1, 600, 0.0008 }[i % 3];
            }),
        };
        var weights = Matrix.Column(0.5, 0.001, 9.5);
        bench.Model = bench.Encrypt(weights);
        var run = await bench.RunAsync();
        Assert.Equal(bench.PlainError(weights), run[MetricBench.Coordinator].Result!.Value, bench.Tolerance);
    }

    [Fact]
    public async Task Value_EveryCoalitionsError_EqualsThePlainOne()
    {
        const int Trainers = 4;
        var bench = new MetricBench([20, 9], features: 3);
        var random = new SeededRandom(8);
        var start = Matrix.Column(0.25, -0.5, 0, 1);
        var moves = Matrix.Create(4, Trainers, m =>
        {
            for (var i = 0; i < m.Length; i++) m[i] = i % Trainers == 2 ? 0 : random.NextGaussian();
        });
        var encrypted = bench.Encrypt(moves);
        var run = await bench.RunAsync(setting =>
        {
            var self = setting.Session.Self;
            return EncryptedValue.RunAsync(setting, start, ModelReference.Of(encrypted), self == MetricBench.Owner || self == Trainer ? null : encrypted, bench.Shards.GetValueOrDefault(self), CancellationToken.None);
        });
        Assert.All(run.Values, r => Assert.Null(r.Error));
        foreach (var errors in new[] { run[MetricBench.Coordinator].Result!, run[MetricBench.Owner].Result! })
        {
            for (var coalition = 0; coalition < 1 << Trainers; coalition++)
            {
                var weights = start + (-1 * (moves * Matrix.Create(Trainers, 1, s =>
                {
                    for (var k = 0; k < Trainers; k++) s[k] = coalition >> k & 1;
                })));
                // Every total has noise of its own, and counts at most twice.
                Assert.Equal(bench.PlainError(weights), errors[coalition], (Trainers + 1) * (Trainers + 1) * bench.Tolerance);
            }
            Assert.Equal(0, errors.Shapley()[2], 50 * bench.Tolerance);
        }
        Assert.Contains(bench.TranscriptOf(MetricBench.Owner).Openings, o => o.Values == (Trainers + 1) * (Trainers + 2) / 2);
    }

    // Four trainers have fifteen totals; each takes a place.
    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    public async Task Value_TakesAPlaceOfTheBudgetForEveryTotal(int places)
    {
        var bench = new MetricBench([6]) { Patience = TimeSpan.FromSeconds(1) };
        bench.Terms = bench.Terms with { OpeningsAtMost = places };
        var moves = bench.Encrypt(Matrix.Create(4, 4, m => m[0] = 1));
        var run = await bench.RunAsync(setting =>
        {
            var self = setting.Session.Self;
            return EncryptedValue.RunAsync(setting, Matrix.Zero(4, 1), ModelReference.Of(moves), self == MetricBench.Owner || self == Trainer ? null : moves, bench.Shards.GetValueOrDefault(self), CancellationToken.None);
        });
        foreach (var party in bench.Validators.Append(MetricBench.Owner))
            if (places == 15) Assert.Null(run[party].Error);
            else Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(run[party].Error).Code);
    }

    [Fact]
    public async Task Metric_BegunAgain_SendsTheSameBytesOrRefuses()
    {
        var sent = new List<string>();
        var victim = new MetricBench().Validators[0];
        var bench = new MetricBench
        {
            Intercept = e =>
            {
                if (e.From == victim && e.IsAt("masked")) lock (sent) sent.Add(Convert.ToHexString(e.Payload.Span[..^64]));
                return e;
            },
        };
        var first = await bench.RunAsync();
        var again = await bench.RunAsync();
        Assert.Equal(first[MetricBench.Coordinator].Result, again[MetricBench.Coordinator].Result);
        Assert.Equal(2, sent.Count);
        Assert.Single(sent.Distinct());

        // Other rows, or another model, would be a second question to the same masks.
        bench.Shards[victim] = bench.Shards[victim].SelectRows([0, 1, 2]);
        var otherRows = await bench.RunAsync();
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(otherRows[victim].Error).Code);
        bench.Model = bench.Encrypt(bench.Weights);
        var otherModel = await bench.RunAsync();
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(otherModel[victim].Error).Code);
        Assert.Equal(2, sent.Count);
    }

    [Fact]
    public async Task Metric_AValidatorLeaves_EndsWithoutATotal()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Rogues[bench.Validators[1]] = _ => Task.CompletedTask;
        var run = await bench.RunAsync();
        Assert.Equal(bench.Validators[1], Assert.IsType<PeerUnavailableException>(run[MetricBench.Coordinator].Error).Peer);
        Assert.IsType<PeerUnavailableException>(run[MetricBench.Owner].Error);
    }

    [Fact]
    public void Question_SquaresTooLongForTheKey_AreRefused()
    {
        var bench = new MetricBench();
        bench.Model = EncryptedMatrix.Of(bench.Model.Hidden!, 4, 1, Unit.PowerOfTwo(-200), 210);
        var error = Assert.Throws<ArgumentException>(() => bench.Question(bench.SettingOf(MetricBench.Coordinator)));
        Assert.Contains("Rescale", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metric_RolesThatDoNotFit_AreRefused()
    {
        var bench = new MetricBench();
        async Task Refused(Func<MetricSetting, MetricSetting> change) =>
            Assert.All((await bench.RunAsync(change: change)).Values, r => Assert.IsType<ArgumentException>(r.Error));
        await Refused(s => s with { Validators = [] });
        await Refused(s => s with { Validators = [MetricBench.Owner] });
        await Refused(s => s with { Validators = [bench.Validators[0], bench.Validators[0]] });
        await Refused(s => s with { SecretKey = s.SecretKey is null ? bench.Key : null });
        await Refused(s => s with { Terms = s.Terms with { TargetBound = double.NaN } });
    }
}
