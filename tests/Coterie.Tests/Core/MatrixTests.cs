using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class MatrixTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 1)]
    [InlineData(7, 9, 4)]
    [InlineData(33, 17, 19)]
    public void Multiply_AnyShape_EqualsTheDefinition(int m, int k, int n)
    {
        Matrix a = Random(m, k, 1), b = Random(k, n, 2);
        var product = a * b;
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                Assert.Equal(Enumerable.Range(0, k).Sum(p => a[i, p] * b[p, j]), product[i, j], 1e-12);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 1)]
    [InlineData(9, 20)]
    [InlineData(50, 31)]
    public void AddGram_AnyShape_EqualsTheProduct(int rows, int d)
    {
        var x = Random(rows, d, 3);
        double[] weights = [.. Random(rows, 1, 4).ToArray().Select(Math.Abs)];
        var gram = new double[d * d];
        MatrixKernels.AddGram(x.Values, weights, gram, rows, d);
        var weighted = new Matrix(rows, d, [.. Enumerable.Range(0, rows * d).Select(i => x.Values[i] * weights[i / d])]);
        var expected = weighted.Transpose() * x;
        for (var i = 0; i < d * d; i++) Assert.Equal(expected.Values[i], gram[i], 1e-12 * rows);
    }

    [Fact]
    public void Transpose_Twice_IsTheSame()
    {
        var a = Random(4, 7, 5);
        Assert.Equal(a, a.Transpose().Transpose());
        Assert.Equal(a[2, 6], a.Transpose()[6, 2]);
    }

    [Fact]
    public void Operators_ShapesThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Random(2, 3, 1) + Random(3, 2, 1));
        Assert.Throws<ArgumentException>(() => Random(2, 3, 1) * Random(2, 3, 1));
        Assert.Throws<ArgumentException>(() => new Matrix(2, 2, new double[3]));
    }

    private static Matrix Random(int rows, int columns, ulong seed)
    {
        var random = new SeededRandom(seed);
        return Matrix.Create(rows, columns, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian();
        });
    }
}
