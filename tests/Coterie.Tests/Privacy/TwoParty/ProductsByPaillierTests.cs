using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Privacy.Traffic;
using Coterie.Privacy.TwoParty;

namespace Coterie.Tests.Privacy.TwoParty;

public sealed class ProductsByPaillierTests
{
    private static readonly Matrix Rows = Matrix.Create(7, 3, static v => Fill(v, 0.37)), Factor = Matrix.Create(3, 2, static v => Fill(v, -1.9));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Multiply_WhatBothKnow_EqualsTransfersButForTheLastPlace(bool isTransposed)
    {
        using var transfers = PairArithmetic.Connect();
        using var paillier = PairArithmetic.Connect(products: PaillierPair.Products());
        var (expected, actual) = (await ProductAsync(transfers, isTransposed), await ProductAsync(paillier, isTransposed));
        // A carry from the slot below may move the last place.
        Assert.All(Bits(expected).Zip(Bits(actual), static (e, a) => unchecked(a - e)), off => Assert.InRange(off, 0UL, 1UL));
        Assert.Equal(expected.First.FractionBits, actual.First.FractionBits);
        var sent = Sent(paillier);
        Assert.Equal(["blinded", "encrypted"], sent.Select(e => e.Step.Path.Split('/')[^1]).Order());
        Assert.Equal("first", sent.Single(e => e.Step.Path.EndsWith("encrypted", StringComparison.Ordinal)).From.Name);
    }

    // Whatever is shared, and products entry by entry, go as they do elsewhere.
    [Fact]
    public async Task Multiply_OtherProducts_GoByTransfers()
    {
        using var pair = PairArithmetic.Connect(products: PaillierPair.Products());
        await pair.MultiplyAsync(pair.Known(ValueHolder.Second, Rows), pair.Shared(Factor), CancellationToken.None);
        await pair.HadamardAsync(pair.Known(ValueHolder.Second, Rows), pair.Known(ValueHolder.First, Rows), CancellationToken.None);
        // Rows of two numbers that become three.
        foreach (var result in new[]
                 {
                     await pair.MultiplyAsync(pair.Known(ValueHolder.Second, Matrix.Identity(2)), pair.Known(ValueHolder.First, Matrix.Create(2, 3, static v => v.Fill(7))), CancellationToken.None),
                     (await pair.MultiplyAsync(pair.Known(ValueHolder.First, Matrix.Create(3, 2, static v => v.Fill(7))), pair.Known(ValueHolder.Second, Matrix.Identity(2)), CancellationToken.None)).Transpose(),
                 })
            Assert.All(result.Open().Values.ToArray(), v => Assert.Equal(7, v, 1e-5));
        Assert.Equal(["answer", "question"], Sent(pair).Select(e => e.Step.Path.Split('/')[^1].Split('-')[0]).Distinct().Order());
    }

    [Theory]
    [InlineData(7, 3, 2)]
    [InlineData(20, 1, 1)]
    [InlineData(1, 4, 9)]
    public async Task Count_OfAStep_IsWhatItSends(int rows, int inner, int columns)
    {
        using var pair = PairArithmetic.Connect(products: PaillierPair.Products());
        await pair.MultiplyAsync(pair.Known(ValueHolder.Second, Matrix.Zero(rows, inner)), pair.Known(ValueHolder.First, Matrix.Zero(inner, columns)), CancellationToken.None);
        var tally = new TwoPartyTally(ChainParty.Participants);
        using var link = TwoPartyLink.Counting(tally);
        var math = new TwoPartyArithmetic(link, ProductsByPaillier.Counting(PaillierPair.Key.PublicKey.Bits));
        await math.MultiplyAsync(math.Known(ValueHolder.Second, rows, inner, null), math.Known(ValueHolder.First, inner, columns, Matrix.Zero(inner, columns)), CancellationToken.None);
        Assert.Equal(tally.First, Sent(pair).Where(e => e.From.Name == "first").Sum(e => (long)e.Payload.Length));
        Assert.Equal(tally.Second, Sent(pair).Where(e => e.From.Name == "second").Sum(e => (long)e.Payload.Length));
    }

    [Theory]
    [InlineData("encrypted", "short")]
    [InlineData("encrypted", "zero")]
    [InlineData("encrypted", "no unit")]
    [InlineData("encrypted", "above")]
    [InlineData("blinded", "short")]
    [InlineData("blinded", "zero")]
    [InlineData("blinded", "no unit")]
    [InlineData("blinded", "above")]
    public async Task Multiply_WhatIsNoMessage_NamesTheSender(string part, string fault)
    {
        var (_, errors) = await RoundAsync(Secrets(), "round/0", e => e.Step.Path.EndsWith(part, StringComparison.Ordinal) ? e with { Payload = With(e.Payload.ToArray(), fault) } : e);
        var refused = Assert.IsType<ProtocolException>(part == "encrypted" ? errors[1] : errors[0]);
        Assert.Equal(ProtocolErrorCode.MalformedMessage, refused.Code);
        Assert.Equal(part == "encrypted" ? "first" : "second", Assert.Single(refused.Culprits).Name);
    }

    /// <summary>A party that restarts has its round's secrets and makes the same messages; in another round nothing is the same, though the numbers are.</summary>
    [Fact]
    public async Task Messages_AfterARestart_AreTheSameBytesAndInAnotherRoundOthers()
    {
        var secrets = Secrets();
        var (first, again) = ((await RoundAsync(secrets, "round/0")).Messages, (await RoundAsync(secrets, "round/0")).Messages);
        Assert.Equal(2, first.Length);
        Assert.Equal(first, again);
        // The run's y stays, the round's secrets do not.
        var other = Secrets();
        var (next, _) = await RoundAsync([other[0], .. secrets[1..4], other[4], other[5]], "round/1");
        var hexadecimals = 2 * PaillierPair.Key.PublicKey.CiphertextBytes;
        var seen = first.Concat(next).SelectMany(m => Enumerable.Range(0, m.Length / hexadecimals).Select(i => m.Substring(i * hexadecimals, hexadecimals))).ToArray();
        Assert.Equal(seen.Length, seen.Distinct().Count());
    }

    /// <summary>What the first decrypts, its shares, and what is left to the second are uniform, though everything that goes in is zero. Each test is exceeded by chance once in 10^9 times (255 degrees of freedom).</summary>
    [Fact]
    public async Task Shares_OfZeros_AreUniformAtBothPartiesOverManyRuns()
    {
        using var pair = PairArithmetic.Connect(products: PaillierPair.Products());
        var (first, second) = (new List<ulong>(), new List<ulong>());
        for (var i = 0; i < 12; i++)
        {
            var shared = await pair.MultiplyAsync(pair.Known(ValueHolder.Second, Matrix.Zero(60, 2)), pair.Known(ValueHolder.First, Matrix.Zero(2, 3)), CancellationToken.None);
            first.AddRange(shared.First.Share!.Values);
            second.AddRange(shared.Second.Share!.Values);
        }
        Assert.True(ChiSquare(first) < 411, $"{ChiSquare(first)}");
        Assert.True(ChiSquare(second) < 411, $"{ChiSquare(second)}");
        Assert.Equal(first.Count, first.Distinct().Count());
    }

    /// <summary>Not the shares alone, which are 64 bits of it: all that the first decrypts is uniform below n, of zeros as of the largest numbers.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) - 2)]
    public async Task Blinded_WhatTheFirstDecrypts_IsUniform(double number)
    {
        using var pair = PairArithmetic.Connect(products: PaillierPair.Products());
        var (left, right) = (Matrix.Create(90, 2, v => v.Fill(number)), Matrix.Create(2, 1, v => v.Fill(-number)));
        for (var i = 0; i < 12; i++) await pair.MultiplyAsync(pair.Known(ValueHolder.Second, left), pair.Known(ValueHolder.First, right), CancellationToken.None);
        var (layout, key, bytes, parts) = (new PackedProduct((90, 2, 1), PaillierPair.Key.PublicKey.Bits), PaillierPair.Key, new List<byte>(), new List<double>());
        foreach (var message in Sent(pair).Where(e => e.Step.Path.EndsWith("blinded", StringComparison.Ordinal)))
        {
            var opened = key.Decrypt(key.PublicKey.FromBytes(message.Payload.Span, layout.ResultCount));
            for (var i = 0; i < layout.ResultCount; i++)
            {
                // All slots, and where it is between 0 and n.
                bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes(opened[i][..7]).ToArray());
                parts.Add((double)(Cryptography.Paillier.TestKeys.Integer(opened[i]) * 1_000_000 / Cryptography.Paillier.TestKeys.Integer(key.PublicKey.Modulus)) / 1_000_000);
            }
        }
        Assert.True(bytes.Count > 5000, $"{bytes.Count}");
        Assert.True(ChiSquare(bytes) < 411, $"{ChiSquare(bytes)}");
        // Deviation of the mean: below 0.03.
        Assert.InRange(parts.Average(), 0.3, 0.7);
        Assert.InRange(parts.Max(), 0.9, 1);
    }

    [Fact]
    public void Of_TheSameFactorInAnotherLayout_HasOtherRandomness()
    {
        var factors = new EncryptedFactors(PaillierPair.Key, new byte[32], PaillierOptions.Default);
        var (few, many) = (new PackedProduct((1, 2, 1), 512), new PackedProduct((50, 2, 1), 512));
        Assert.NotEqual(few.RowsTogether, many.RowsTogether);
        var numbers = new Coterie.Core.Arithmetic.RingMatrix(2, 1, [5, 6]);
        var (a, b) = (factors.Of(few, numbers), factors.Of(many, numbers));
        Assert.Same(a, factors.Of(few, numbers));
        var width = PaillierPair.Key.PublicKey.CiphertextBytes;
        Assert.Empty(a.Chunk(width).Select(Convert.ToHexString).Intersect(b.Chunk(width).Select(Convert.ToHexString)));
    }

    private static async Task<PairMatrix> ProductAsync(PairArithmetic pair, bool isTransposed) => isTransposed
        ? await pair.MultiplyAsync(pair.Known(ValueHolder.First, Factor.Transpose()), pair.Known(ValueHolder.Second, Rows.Transpose()), CancellationToken.None)
        : await pair.MultiplyAsync(pair.Known(ValueHolder.Second, Rows), pair.Known(ValueHolder.First, Factor), CancellationToken.None);

    private static ulong[] Bits(PairMatrix value) => (value.First.Share! + value.Second.Share!).Values.ToArray();

    private static Envelope[] Sent(PairArithmetic pair) =>
        [.. pair.Messages.Where(m => m.Step.Path.StartsWith("round/0/", StringComparison.Ordinal) && !m.Step.Path.EndsWith("start", StringComparison.Ordinal))];

    /// <summary>Of the owner's round, of the holder's run, of both parties' base transfers, and of their links.</summary>
    private static byte[][] Secrets() => [.. Enumerable.Range(0, 6).Select(_ => CryptographicRandom.Instance.Bytes(32))];

    /// <summary>The messages of a product in one round of two parties, and how each ended.</summary>
    private static async Task<(string[] Messages, Exception?[] Errors)> RoundAsync(byte[][] secrets, string round, Func<Envelope, Envelope?>? intercept = null)
    {
        Party[] parties = [new(new PartyId("first"), PartyRole.Coordinator, []), new(new PartyId("second"), PartyRole.Participant, [])];
        var messages = new ConcurrentQueue<Envelope>();
        var network = new InProcessNetwork(TimeSpan.FromSeconds(20))
        {
            Intercept = e =>
            {
                messages.Enqueue(e);
                return intercept is null ? e : intercept(e);
            },
        };
        var products = PaillierPair.Products(secrets[0], secrets[1]);
        async Task<Exception?> PlayAsync(int i)
        {
            try
            {
                var channel = network.Connect(parties[i]);
                using var seeds = await TwoPartySeeds.ExchangeAsync(channel, new byte[32], parties[1 - i].Id, isFirst: i == 0, new StepTag("base"), CryptographicRandom.Expanding(secrets[2 + i]), CancellationToken.None);
                using var link = await TwoPartyLink.OpenAsync(channel, parties[1 - i].Id, isFirst: i == 0, seeds, new StepTag(round), CryptographicRandom.Expanding(secrets[4 + i]), CancellationToken.None);
                var math = new TwoPartyArithmetic(link, products(i == 0));
                await math.MultiplyAsync(math.Known(ValueHolder.Second, 7, 3, i == 0 ? null : Rows), math.Known(ValueHolder.First, 3, 2, i == 0 ? Factor : null), CancellationToken.None);
                return null;
            }
            catch (Exception error) when (error is ProtocolException or PeerUnavailableException)
            {
                network.Disconnect(parties[i].Id);
                return error;
            }
        }
        var errors = await Task.WhenAll(Task.Run(() => PlayAsync(0)), Task.Run(() => PlayAsync(1)));
        return ([.. messages.Where(m => m.Step.Path.StartsWith($"{round}/0/", StringComparison.Ordinal)).OrderBy(m => m.Step.Path, StringComparer.Ordinal).Select(m => Convert.ToHexString(m.Payload.Span))], errors);
    }

    private static byte[] With(byte[] bytes, string fault)
    {
        var key = PaillierPair.Key.PublicKey;
        var first = bytes.AsSpan(0, key.CiphertextBytes);
        switch (fault)
        {
            case "zero":
                first.Clear();
                break;
            case "above":
                first.Fill(0xFF);
                break;
            case "no unit":
                first.Clear();
                MemoryMarshal.AsBytes(key.Modulus).CopyTo(first);
                break;
            default:
                return bytes[..^1];
        }
        return bytes;
    }

    private static double ChiSquare(IEnumerable<ulong> values) => ChiSquare(values.SelectMany(BitConverter.GetBytes));

    private static double ChiSquare(IEnumerable<byte> bytes)
    {
        var counts = new long[256];
        foreach (var b in bytes) counts[b]++;
        var expected = counts.Sum() / 256.0;
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }

    private static void Fill(Span<double> values, double step)
    {
        for (var i = 0; i < values.Length; i++) values[i] = Math.Sin(i + 1) * step * 10;
    }
}
