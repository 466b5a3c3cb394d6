using Coterie.Core.Randomness;
using Coterie.Federation.Tasks;

namespace Coterie.Tests.Tasks;

public sealed class DirichletDealTests
{
    /// <summary>
    /// Mean 1/k and variance (k-1)/(k^2 (k alpha + 1)) of a symmetric Dirichlet. 20000 draws: the mean's standard error is at most
    /// 0.0033, the variance's about 0.0015; six of them give a false alarm below 1e-7, and the seed is fixed.
    /// </summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(20)]
    public void Dirichlet_ManyDraws_HaveTheMomentsOfTheDistribution(double alpha)
    {
        const int size = 4, draws = 20000;
        var random = new SeededRandom(7);
        var first = Enumerable.Range(0, draws).Select(_ => DirichletDeal.Dirichlet(size, alpha, random)[1]).ToArray();
        var mean = first.Average();
        Assert.Equal(1.0 / size, mean, 0.02);
        Assert.Equal((size - 1) / (size * size * ((size * alpha) + 1)), first.Average(v => (v - mean) * (v - mean)), 0.009);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e6)]
    public void Dirichlet_ExtremeAlpha_StaysADistribution(double alpha)
    {
        var draw = DirichletDeal.Dirichlet(5, alpha, new SeededRandom(3));
        Assert.Equal(1, draw.Sum(), 1e-12);
        Assert.All(draw, v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void Owners_SmallAlpha_SkewLabelsMoreThanLargeAlpha()
    {
        int[] classes = [.. Enumerable.Range(0, 3000).Select(i => i % 3)];
        Assert.True(LargestShare(0.1) > 0.6);
        Assert.True(LargestShare(1000) < 0.4);

        double LargestShare(double alpha)
        {
            var owners = DirichletDeal.Owners(classes, 3, alpha, 5);
            return Enumerable.Range(0, 3).Average(c => Enumerable.Range(0, 3).Max(k => Enumerable.Range(0, 3000).Count(j => classes[j] == c && owners[j] == k)) / 1000.0);
        }
    }

    [Fact]
    public void Owners_SameSeed_AreTheSame()
    {
        int[] classes = [.. Enumerable.Range(0, 100).Select(i => i % 2)];
        Assert.Equal(DirichletDeal.Owners(classes, 4, 0.5, 9), DirichletDeal.Owners(classes, 4, 0.5, 9));
        Assert.NotEqual(DirichletDeal.Owners(classes, 4, 0.5, 9), DirichletDeal.Owners(classes, 4, 0.5, 10));
    }
}
