using System.Numerics;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class AggregationParametersTests
{
    // Corrupt "33 %" is one third: with 0.33 the third pair comes out as (272, 144).
    [Theory]
    [InlineData(0.2, 0.1, 74, 45)]
    [InlineData(1.0 / 3, 0.1, 113, 77)]
    [InlineData(1.0 / 3, 0.3, 275, 146)]
    public void Compute_ForAThousandParticipants_GivesThePublishedPairs(double corrupt, double dropped, int neighbours, int threshold) =>
        Assert.Equal(new AggregationParameters(neighbours, threshold), AggregationParameters.Compute(1000, corrupt, dropped));

    [Theory]
    [InlineData(1000, 0.2, 0.1, 220, 168)]
    [InlineData(1000, 0.1, 0.1, 152, 110)]
    [InlineData(501, 0.1, 0.05, 86, 67)]
    public void Compute_AgainstALyingCoordinator_EqualsAnIndependentSearch(int n, double corrupt, double dropped, int neighbours, int threshold) =>
        // The stated conditions, searched without bisection in Python with lgamma.
        Assert.Equal(new AggregationParameters(neighbours, threshold), AggregationParameters.Compute(n, corrupt, dropped, adversary: AggregationAdversary.LyingCoordinator));

    [Theory]
    [InlineData(10, 4, 5, 3)]
    [InlineData(99, 33, 40, 20)]
    [InlineData(99, 33, 40, 38)]
    [InlineData(500, 60, 80, 11)]
    [InlineData(50, 20, 49, 20)]
    public void Log2UpperTail_OfAnyParameters_EqualsTheExactFraction(int population, int marked, int drawn, int atLeast)
    {
        BigInteger favourable = 0;
        for (var x = atLeast; x <= Math.Min(marked, drawn); x++) favourable += Choose(marked, x) * Choose(population - marked, drawn - x);
        var expected = (BigInteger.Log(favourable) - BigInteger.Log(Choose(population, drawn))) / Math.Log(2);
        Assert.Equal(expected, new Hypergeometric(population).Log2UpperTail(population, marked, drawn, atLeast), 1e-6);
    }

    [Fact]
    public void Log2UpperTail_OfTheImpossibleAndTheCertain_IsExact()
    {
        var tails = new Hypergeometric(20);
        Assert.Equal(double.NegativeInfinity, tails.Log2UpperTail(20, 5, 10, 6));
        Assert.Equal(0, tails.Log2UpperTail(20, 5, 10, 0), 1e-12);
        Assert.Equal(0, tails.Log2UpperTail(20, 18, 10, 8), 1e-12);
    }

    [Fact]
    public void Compute_WithMoreOfAnyRisk_NeverNeedsFewerNeighbours()
    {
        var basis = AggregationParameters.Compute(500, 0.2, 0.1).Neighbours;
        Assert.True(AggregationParameters.Compute(500, 0.25, 0.1).Neighbours > basis);
        Assert.True(AggregationParameters.Compute(500, 0.2, 0.2).Neighbours > basis);
        Assert.True(AggregationParameters.Compute(500, 0.2, 0.1, privacyBits: 60).Neighbours > basis);
        Assert.True(AggregationParameters.Compute(500, 0.2, 0.1, completionBits: 50).Neighbours > basis);
        Assert.True(AggregationParameters.Compute(500, 0.2, 0.1, adversary: AggregationAdversary.LyingCoordinator).Neighbours > basis);
    }

    [Fact]
    public void Compute_WithManyParticipants_NeedsFarFewerNeighbours() =>
        Assert.InRange(AggregationParameters.Compute(10_000, 0.2, 0.1).Neighbours, 74, 120);

    [Theory]
    [InlineData(AggregationAdversary.SemiHonest)]
    [InlineData(AggregationAdversary.LyingCoordinator)]
    public void Compute_WhereOnlyTheCompleteGraphWillDo_CountsExactly(AggregationAdversary adversary)
    {
        // 20 participants cannot reach 2^-40 by chance: with 19 neighbours nothing is left to it. 3 corrupt, 2 dropped.
        var found = AggregationParameters.Compute(20, 0.15, 0.1, adversary: adversary);
        Assert.Equal(19, found.Neighbours);
        Assert.True(found.Threshold <= 17);
        Assert.Equal(adversary == AggregationAdversary.SemiHonest ? 4 : 12, found.Threshold);
    }

    [Fact]
    public void Compute_AgainstALyingCoordinator_LeavesItShortOfBothSecrets()
    {
        // Monte Carlo at 10 bits, over 400 graphs: at most 400 / 1024 failures expected; ten or more has probability below 1e-10.
        var (k, t) = AggregationParameters.Compute(200, 0.2, 0.05, privacyBits: 10, completionBits: 10, adversary: AggregationAdversary.LyingCoordinator);
        int openedBoth = 0, stuck = 0;
        for (var trial = 0; trial < 400; trial++)
        {
            var seed = new byte[32];
            BitConverter.TryWriteBytes(seed, trial);
            var graph = AggregationGraph.Create(200, k, seed);
            var all = Enumerable.Range(0, 200).ToArray();
            if (all.Any(i => graph.Neighbours(i).Sum(j => j < 40 ? 2 : 1) >= 2 * t)) openedBoth++;   // 0 to 39 are corrupt
            if (all.Any(i => graph.Neighbours(i).Count(j => j >= 10) < t)) stuck++;                  // 0 to 9 dropped out
        }
        Assert.InRange(openedBoth, 0, 9);
        Assert.InRange(stuck, 0, 9);
    }

    [Fact]
    public void Compute_OfWrongOrHopelessArguments_Throws()
    {
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(1, 0.1, 0.1));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, 1, 0.1));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, -0.1, 0.1));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, 0.1, double.NaN));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, 0.1, 0.1, privacyBits: 0));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, 0.1, 0.1, completionBits: 0));
        Assert.ThrowsAny<ArgumentException>(() => AggregationParameters.Compute(100, 0.5, 0.6));
    }

    private static BigInteger Choose(int n, int k)
    {
        if (k < 0 || k > n) return 0;
        BigInteger result = 1;
        for (var i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return result;
    }
}
