using Coterie.Core.Numerics;
using Coterie.Core.Numerics.Tiles;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

/// <summary>Products against sums written down, across the edges of tiles, stretches and blocks.</summary>
public sealed class DenseKernelsTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 3, 5, 7 }, { 4, 300, 8 }, { 33, 17, 9 }, { 64, 30, 16 }, { 8, 256, 24 }, { 9, 257, 25 }, { 7, 255, 23 }, { 193, 40, 31 }, { 200, 513, 100 }, { 30, 20, 1040 }, { 0, 4, 4 }, { 4, 0, 4 }, { 4, 4, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AndItsTransposedForms_GiveTheSums(int m, int k, int n)
    {
        double[] a = Numbers(m * k, 1), b = Numbers(k * n, 2), old = Numbers(m * n, 3);
        var expected = Product(a, b, m, k, n);
        var product = (double[])old.Clone();
        DenseKernels.Multiply(a, b, product, m, k, n);
        AssertNear(expected, product);
        product = (double[])old.Clone();
        DenseKernels.MultiplyTranspose(a, Turned(b, k, n), product, m, k, n);
        AssertNear(expected, product);
        product = (double[])old.Clone();
        DenseKernels.AddTransposeProduct(Turned(a, m, k), b, product, m, k, n);
        AssertNear([.. expected.Zip(old, (x, y) => x + y)], product);
    }

    /// <summary>All tiles, whichever the machine would take, give the same bits: fused sums in one order.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Add_ThroughEveryTile_GivesTheSameBits(int m, int k, int n)
    {
        double[] a = Numbers(m * k, 1), b = Numbers(k * n, 2), expected = Numbers(m * n, 3), original = [.. expected];
        // The definition: each stretch is summed from zero, then added.
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var start = 0; start < k; start += PackedProduct.Depth)
                {
                    double sum = 0;
                    for (var p = start; p < Math.Min(k, start + PackedProduct.Depth); p++) sum = Math.FusedMultiplyAdd(a[(i * k) + p], b[(p * n) + j], sum);
                    expected[(i * n) + j] += sum;
                }
        foreach (var bits in new[] { 128, 256, 512 })
        {
            var sums = (double[])original.Clone();
            DenseKernels.Add(bits, a, k, 1, b, n, 1, sums, m, k, n);
            Assert.Equal(expected, sums);
            sums = (double[])original.Clone();
            DenseKernels.Add(bits, Turned(a, m, k), 1, m, Turned(b, k, n), 1, k, sums, m, k, n);
            Assert.Equal(expected, sums);
        }
    }

    [Fact]
    public void Multiply_SpansTooShort_AreRefused()
    {
        double[] few = new double[3999], enough = new double[4000];
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseKernels.Multiply(few, enough, enough, 40, 100, 40));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseKernels.Multiply(enough, few, enough, 40, 100, 40));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseKernels.Multiply(enough, enough, few, 40, 100, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseKernels.AddTransposeProduct(enough, enough, few, 40, 100, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseKernels.MultiplyTranspose(few, enough, enough, 40, 100, 40));
    }

    private static double[] Numbers(int length, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
    }

    private static double[] Turned(double[] values, int rows, int columns)
    {
        var turned = new double[values.Length];
        MatrixKernels.Transpose(values, turned, rows, columns);
        return turned;
    }

    private static double[] Product(double[] a, double[] b, int m, int k, int n)
    {
        var product = new double[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++)
                    product[(i * n) + j] += a[(i * k) + p] * b[(p * n) + j];
        return product;
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-11);
    }
}
