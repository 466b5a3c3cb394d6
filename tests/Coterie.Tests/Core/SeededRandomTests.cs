using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class SeededRandomTests
{
    [Fact]
    public void NextUInt64_SameSeedAndStream_GivesTheSameSequence()
    {
        SeededRandom a = new(42, 3), b = new(42, 3), c = new(42, 4), d = new(43, 3);
        for (var i = 0; i < 100; i++)
        {
            var draw = a.NextUInt64();
            Assert.Equal(draw, b.NextUInt64());
            Assert.NotEqual(draw, c.NextUInt64());
            Assert.NotEqual(draw, d.NextUInt64());
        }
    }

    /// <summary>60,000 draws of 6 values: chi-square with 5 degrees of freedom exceeds 30 with probability 1.5e-5; the seed is fixed.</summary>
    [Fact]
    public void NextInt32_ManyDraws_AreUniform()
    {
        var random = new SeededRandom(1);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++) counts[random.NextInt32(6)]++;
        Assert.InRange(counts.Sum(c => Math.Pow(c - 10_000, 2) / 10_000), 0, 30);
    }

    /// <summary>100,000 draws: mean within 5 / sqrt(n), variance within 5 sqrt(2 / n).</summary>
    [Fact]
    public void NextGaussian_ManyDraws_HaveMeanZeroAndVarianceOne()
    {
        var random = new SeededRandom(2);
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextGaussian())];
        Assert.InRange(draws.Average(), -0.016, 0.016);
        Assert.InRange(draws.Average(x => x * x), 0.977, 1.023);
    }

    [Fact]
    public void Shuffle_AnyValues_KeepsThemAll()
    {
        int[] values = [.. Enumerable.Range(0, 50)];
        new SeededRandom(3).Shuffle<int>(values);
        Assert.NotEqual(Enumerable.Range(0, 50), values);
        Assert.Equal(Enumerable.Range(0, 50), values.Order());
    }
}
