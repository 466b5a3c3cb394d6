using System.Collections.Concurrent;
using System.Numerics;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>What coordinator, model owner and validators see of rows and model, and how variants with less give them away.</summary>
public sealed class MetricViewTests
{
    /// <summary>What the owner decrypts and the coordinator is shown, numbers of 88 reduced rows: uniform, and unrelated to residuals.</summary>
    [Fact]
    public async Task MaskedNumbers_AsOpened_AreUniformAndUnrelatedToResiduals()
    {
        var bench = new MetricBench([30, 30, 30, 30], features: 20);
        var owner = new RogueOwner(bench);
        bench.Rogues[MetricBench.Owner] = owner.RunAsync;
        Assert.Null((await bench.RunAsync())[MetricBench.Coordinator].Error);
        var seen = owner.Seen!;
        Uniformity.AssertUniform([.. Enumerable.Range(0, seen.Count).SelectMany(i => seen[i][..^1].ToArray())]);
        double[] residuals = [.. bench.Validators.SelectMany(v => Residuals(bench, bench.Weights, v))];
        Assert.Equal(residuals.Length, seen.Count);
        for (var word = 0; word < 7; word++) Uniformity.AssertUncorrelated([.. Enumerable.Range(0, seen.Count).Select(i => seen[i][word])], residuals);
    }

    /// <summary>The naive variant: without masks the same party reads every residual, to the last digit.</summary>
    [Fact]
    public async Task MaskedNumbers_WithoutMasks_AreReadByARogueOwner_AndRefusedByAnHonestOne()
    {
        foreach (var honest in new[] { false, true })
        {
            var bench = new MetricBench([20]) { Patience = TimeSpan.FromSeconds(1) };
            var owner = new RogueOwner(bench);
            if (!honest) bench.Rogues[MetricBench.Owner] = owner.RunAsync;
            bench.Rogues[bench.Validators[0]] = new RogueValidator(bench) { Masked = (question, m) => m with { Masked = WithMasks(bench, question, _ => BigInteger.One) } }.RunAsync;
            var run = await bench.RunAsync();
            if (honest)
            {
                Assert.Equal(bench.Validators[0].Name, Tampering.Blamed(run[MetricBench.Owner].Error));
                Assert.Equal(ProtocolErrorCode.InvalidContribution, ((ProtocolException)run[MetricBench.Owner].Error!).Code);
                Assert.Null(run[MetricBench.Coordinator].Result);
                continue;
            }
            var unit = EntryUnit(bench.Question(bench.SettingOf(MetricBench.Coordinator)));
            var expected = Residuals(bench, bench.Weights, bench.Validators[0]);
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], unit.ValueOf(owner.Seen!.ToBigInteger(bench.Key.PublicKey, i)), 1e-6);
        }
    }

    /// <summary>
    /// Masks that serve two models cancel in the difference, R (v - v'): an owner that knows the models solves for R, and so for X'X of the validator.
    /// Masks are expanded from what names the question, so that even a validator whose record is gone masks another model afresh.
    /// </summary>
    [Fact]
    public async Task Masks_ReusedForAnotherModel_GiveTheRowsAway_AndAreNotReused()
    {
        var bench = new MetricBench([20], features: 2);
        var rows = ReducedRows.Of(bench.Shards[bench.Validators[0]], bench.Terms);
        Matrix[] models = [Matrix.Column(0, 0, 0), Matrix.Column(1, 0, 0), Matrix.Column(0, 1, 0), Matrix.Column(0, 0, 1)];
        var shared = CryptographicRandom.Instance.Bytes(CryptographicRandom.SecretLength);
        foreach (var reused in new[] { true, false })
        {
            var (opened, unit) = (new List<Plaintexts>(), default(Unit));
            foreach (var model in models)
            {
                bench.Model = bench.Encrypt(model);
                var setting = bench.SettingOf(bench.Validators[0]);
                var question = bench.Question(setting);
                var random = reused ? CryptographicRandom.Expanding(shared) : await MaskSecret.OfAsync(setting, question, rows, CancellationToken.None);
                var numbers = bench.Key.Decrypt(MaskedRows.Of(question, bench.Terms, rows, random, PaillierOptions.Default).Masked);
                opened.Add(numbers);
                unit = EntryUnit(question);
            }
            // Columns of R, each as what a step of its weight changes.
            for (var column = 0; column < 3; column++)
            {
                var difference = Residues.Add(bench.Key.PublicKey, opened[column + 1], Residues.Negate(bench.Key.PublicKey, opened[0]));
                var error = Enumerable.Range(0, 4).Max(i => Math.Abs(unit.ValueOf(difference.ToBigInteger(bench.Key.PublicKey, i)) + rows.Factor[i, column]));
                if (reused) Assert.InRange(error, 0, 1e-6);
                else Assert.True(error > 1e6, $"column {column} differs by {error} only");
            }
        }
        // Other rows have other masks too, and the same question the same.
        var last = bench.SettingOf(bench.Validators[0]);
        async Task<string> Drawn(ReducedRows of) => Convert.ToHexString((await MaskSecret.OfAsync(last, bench.Question(last), of, CancellationToken.None)).Bytes(32));
        Assert.Equal(await Drawn(rows), await Drawn(rows));
        Assert.NotEqual(await Drawn(rows), await Drawn(rows with { Factor = -1 * rows.Factor }));
        Assert.NotEqual(await Drawn(rows), await Drawn(rows with { Count = rows.Count - 1 }));
    }

    /// <summary>
    /// The owner guesses a validator's rows and knows its own encryption's randomness: what was not re-randomised says whether the guess is right.
    /// </summary>
    [Fact]
    public void MaskedNumbers_NotRefreshed_ConfirmAGuessOfRows()
    {
        var bench = new MetricBench([20]);
        var question = bench.Question(bench.SettingOf(MetricBench.Owner));
        var rows = ReducedRows.Of(bench.Shards[bench.Validators[0]], bench.Terms);
        var other = rows with { Factor = -1 * rows.Factor };
        var naive = WithMasks(bench, question, i => BigInteger.Pow(3, 200 + i));
        var sent = MaskedRows.Of(question, bench.Terms, rows, CryptographicRandom.Instance, PaillierOptions.Default).Masked;
        Assert.True(Confirms(naive, rows));
        Assert.False(Confirms(naive, other));
        Assert.False(Confirms(sent, rows));
        Assert.False(Confirms(sent, other));

        bool Confirms(Ciphertexts seen, ReducedRows guess) =>
            bench.Key.PublicKey.ToBytes(Stripped(seen)).AsSpan().SequenceEqual(bench.Key.PublicKey.ToBytes(Stripped(Products(question, bench.Terms, guess))));
        Ciphertexts Stripped(Ciphertexts c) => c.Key.AddPlain(c, Residues.Negate(c.Key, bench.Key.Decrypt(c)));
    }

    /// <summary>
    /// Were the sum of squares of masked numbers returned to the validator in clear, one that chose its masks as powers of two far apart would read every
    /// residual off it, and from residuals the model.
    /// </summary>
    [Fact]
    public void SquaresInClear_ReturnedToAValidator_AreReadOffByChosenMasks()
    {
        BigInteger[] residuals = [-123456789, 987654321, 31415926];
        var masks = residuals.Select((_, i) => BigInteger.One << (100 * (i + 1))).ToArray();
        var returned = residuals.Zip(masks, (d, r) => (d + r) * (d + r)).Aggregate((a, b) => a + b);
        var rest = returned - masks.Select(r => r * r).Aggregate((a, b) => a + b);
        for (var i = residuals.Length - 1; i >= 0; i--)
        {
            var found = (rest + masks[i]) >> (100 * (i + 1) + 1);
            Assert.Equal(residuals[i], found);
            rest -= 2 * masks[i] * found;
        }
    }

    /// <summary>Nothing in clear is ever sent to a validator: one message, of ciphertexts under the owner's key, digests and signatures.</summary>
    [Fact]
    public async Task Validators_AreSentTermsOnly()
    {
        var toValidators = new ConcurrentQueue<string>();
        var bench = new MetricBench([20, 7, 3]);
        bench.Intercept = e =>
        {
            if (bench.Validators.Contains(e.To)) toValidators.Enqueue($"{Tampering.Last(e.Step)} {e.Payload.Length}");
            return e;
        };
        Assert.Null((await bench.RunAsync())[MetricBench.Coordinator].Error);
        Assert.Equal(Enumerable.Repeat($"terms {3 * (4 + 36 + 132 + 68)}", 3), toValidators);
    }

    /// <summary>
    /// An exact total is an integer of more than two hundred bits, and tells data sets apart whose errors agree to every digit that anybody needs. With noise it is spread over the
    /// digits below the precision: of two such data sets each is as likely, but for their difference over the noise's width.
    /// </summary>
    [Fact]
    public void Total_Exact_TellsDataSetsApart_AndWithNoiseDoesNot()
    {
        var bench = new MetricBench([20]);
        var question = bench.Question(bench.SettingOf(MetricBench.Owner));
        var first = ReducedRows.Of(bench.Shards[bench.Validators[0]], bench.Terms);
        var second = first with { Factor = first.Factor + Matrix.Create(5, 5, x => x[4] = Math.ScaleB(1, -20)) };
        var (exact, other) = (Exact(first), Exact(second));
        var width = BigInteger.One << question.NoiseBits(20);
        Assert.NotEqual(exact, other);
        Assert.True(BigInteger.Abs(exact - other) < width >> 4);
        Assert.InRange(question.Unit.ValueOf(width), bench.Terms.NoiseOf(20) / 2.01, bench.Terms.NoiseOf(20));

        // 60 draws reach over 0.7 of the width but for a probability of 3e-8.
        var totals = Enumerable.Range(0, 60).Select(_ => Opened(first) - exact).ToArray();
        Assert.All(totals, t => Assert.True(2 * BigInteger.Abs(t) <= width));
        Assert.True(10 * (totals.Max() - totals.Min()) > 7 * width);
        Assert.Equal(60, totals.Distinct().Count());

        BigInteger Exact(ReducedRows rows) => Enumerable.Range(0, 5).Select(i => bench.Key.Decrypt(Products(question, bench.Terms, rows)).ToBigInteger(question.Key, i)).Aggregate(BigInteger.Zero, (sum, z) => sum + (z * z));
        BigInteger Opened(ReducedRows rows)
        {
            var masked = MaskedRows.Of(question, bench.Terms, rows, CryptographicRandom.Instance, PaillierOptions.Default);
            return bench.Key.Decrypt(question.Totals(masked.Terms, bench.Key.Decrypt(masked.Masked))).ToBigInteger(question.Key, 0);
        }
    }

    private static Unit EntryUnit(ProductQuestion question) => question.Vectors.Unit * Unit.PowerOfTwo(-ReducedRows.EntryBits);

    /// <summary>[R V], as it comes out of the product.</summary>
    private static Ciphertexts Products(ProductQuestion question, MetricTerms terms, ReducedRows rows) =>
        new EncryptedProduct(question.Vector(0), ReducedRows.EntryBits, question.Size).Multiply(rows.Encode(terms), question.Size);

    private static Ciphertexts WithMasks(MetricBench bench, ProductQuestion question, Func<int, BigInteger> mask) => question.Key.AddPlain(
        Products(question, bench.Terms, ReducedRows.Of(bench.Shards[bench.Validators[0]], bench.Terms)),
        Plaintexts.FromBigIntegers(question.Key, [.. Enumerable.Range(0, question.Size).Select(mask)]));

    /// <summary>R (-w, 1) of a validator, in clear.</summary>
    private static double[] Residuals(MetricBench bench, Matrix weights, PartyId validator) =>
        (ReducedRows.Of(bench.Shards[validator], bench.Terms).Factor * (-1 * weights).Above(Matrix.Scalar(1))).ToArray();
}
