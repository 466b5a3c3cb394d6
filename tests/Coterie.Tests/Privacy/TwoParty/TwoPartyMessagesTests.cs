using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.TwoParty;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>What either party receives or is left with is uniform, though everything that goes in is zero.</summary>
public sealed class TwoPartyMessagesTests
{
    /// <summary>Exceeded by chance once in 10^9 times, for 255 degrees of freedom (Wilson, Hilferty 1931: mean 255, z = 6).</summary>
    private const double Limit = 411;

    private const int HeaderBytes = 32;

    [Fact]
    public async Task Messages_OfZeros_AreUniformBytes()
    {
        using var pair = PairArithmetic.Connect();
        var zeros = Matrix.Zero(16, 16);
        for (var i = 0; i < 4; i++)
        {
            await pair.MultiplyAsync(pair.Known(ValueHolder.First, zeros), pair.Known(ValueHolder.Second, zeros), CancellationToken.None);
            await pair.HadamardAsync(pair.Shared(zeros), pair.Shared(zeros), CancellationToken.None);
            var marks = await pair.IsNegativeAsync(pair.Shared(zeros), CancellationToken.None);
            await pair.MultiplyAsync(marks, pair.Shared(zeros), CancellationToken.None);
            await pair.FlipAsync(pair.Known(ValueHolder.Second, Matrix.Create(16, 16, static v => v.Fill(-1))), pair.Shared(zeros), CancellationToken.None);
            await pair.SigmoidAsync(pair.Shared(zeros), CancellationToken.None);
        }
        var parts = pair.Messages.Where(m => m.Step.Path.StartsWith("round/0/", StringComparison.Ordinal) && !m.Step.Path.EndsWith("start", StringComparison.Ordinal))
            .GroupBy(m => m.Step.Path.Split('/')[^1].Split('-')[0]).ToArray();
        Assert.Equal(["answer", "choices", "garbled", "question"], parts.Select(p => p.Key).Order());
        foreach (var part in parts)
            Assert.True(ChiSquare(part.SelectMany(m => m.Payload.Span[HeaderBytes..].ToArray())) < Limit, $"{part.Key}: {ChiSquare(part.SelectMany(m => m.Payload.Span[HeaderBytes..].ToArray()))}");
    }

    [Fact]
    public async Task Shares_OfZeros_AreUniformAtBothParties()
    {
        using var pair = PairArithmetic.Connect();
        var zeros = Matrix.Zero(64, 32);
        PairMatrix[] results =
        [
            await pair.HadamardAsync(pair.Known(ValueHolder.First, zeros), pair.Known(ValueHolder.Second, zeros), CancellationToken.None),
            await pair.MultiplyAsync(pair.Known(ValueHolder.Second, zeros), pair.Known(ValueHolder.First, Matrix.Zero(32, 64)), CancellationToken.None),
            await pair.IsNegativeAsync(pair.Shared(zeros), CancellationToken.None),
            await pair.ReciprocalAsync(pair.Shared(Matrix.Create(64, 32, static v => v.Fill(1))), 0.5, 2, CancellationToken.None),
        ];
        foreach (var result in results)
        {
            Assert.True(ChiSquare(result.First.Share!.Values.ToArray().SelectMany(BitConverter.GetBytes)) < Limit);
            Assert.True(ChiSquare(result.Second.Share!.Values.ToArray().SelectMany(BitConverter.GetBytes)) < Limit);
        }
    }

    /// <summary>A comparison's exclusive-or shares are uniform at both parties, and their products with shares too.</summary>
    [Fact]
    public async Task Marks_OfZeros_AreUniformAtBothParties()
    {
        using var pair = PairArithmetic.Connect();
        var zeros = Matrix.Zero(64, 64);
        var marks = await pair.IsNegativeAsync(pair.Shared(zeros), CancellationToken.None);
        Assert.All(marks.First.Marks!.Values.ToArray().Zip(marks.Second.Marks!.Values.ToArray()), m => Assert.Equal(0UL, m.First ^ m.Second));
        // 4096 fair bits: deviation 32; seven are exceeded once in 10^11 times.
        Assert.InRange(marks.First.Marks.Values.ToArray().Sum(m => (long)m), 2048 - 224, 2048 + 224);
        foreach (var product in new[] { await pair.HadamardAsync(marks, pair.Shared(zeros), CancellationToken.None), await pair.FlipAsync(pair.Known(ValueHolder.First, Matrix.Create(64, 64, static v => v.Fill(1))), pair.Shared(zeros), CancellationToken.None) })
        {
            Assert.True(ChiSquare(product.First.Share!.Values.ToArray().SelectMany(BitConverter.GetBytes)) < Limit);
            Assert.True(ChiSquare(product.Second.Share!.Values.ToArray().SelectMany(BitConverter.GetBytes)) < Limit);
        }
    }

    [Fact]
    public async Task FlipAsync_OfWhatIsNoSign_IsRefusedWithoutSayingWhich()
    {
        using var pair = PairArithmetic.Connect(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await pair.FlipAsync(pair.Known(ValueHolder.First, Matrix.Identity(2)), pair.Shared(Matrix.Identity(2)), CancellationToken.None));
        Assert.True(error is ArgumentException or PeerUnavailableException, error.ToString());
    }

    /// <summary>A step that is repeated on the same numbers sends other bytes: no mask serves twice.</summary>
    [Fact]
    public async Task Messages_OfTheSameStepTwice_HaveNothingInCommon()
    {
        using var pair = PairArithmetic.Connect();
        var (left, right) = (pair.Shared(Matrix.Identity(8)), pair.Known(ValueHolder.Second, Matrix.Identity(8)));
        for (var i = 0; i < 2; i++)
        {
            await pair.MultiplyAsync(left, right, CancellationToken.None);
            await pair.IsNegativeAsync(left, CancellationToken.None);
        }
        var blocks = pair.Messages.Where(m => m.Step.Path.StartsWith("round/0/", StringComparison.Ordinal) && !m.Step.Path.EndsWith("start", StringComparison.Ordinal))
            .SelectMany(m => m.Payload.Span[HeaderBytes..].ToArray().Chunk(16).Where(c => c.Length == 16)).Select(Convert.ToHexString).ToArray();
        Assert.Equal(blocks.Length, blocks.Distinct().Count());
    }

    [Fact]
    public async Task Multiply_ANumberBeyondTheRange_IsRefusedWhereItIsKnown()
    {
        using var pair = PairArithmetic.Connect(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await pair.MultiplyAsync(
            pair.Known(ValueHolder.First, Matrix.Identity(2)), pair.Known(ValueHolder.Second, 2e6 * Matrix.Identity(2)), CancellationToken.None));
        Assert.True(error is ValueOutOfRangeException or PeerUnavailableException, error.ToString());
    }

    private static double ChiSquare(IEnumerable<byte> bytes)
    {
        var counts = new long[256];
        foreach (var b in bytes) counts[b]++;
        var expected = counts.Sum() / 256.0;
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }
}
