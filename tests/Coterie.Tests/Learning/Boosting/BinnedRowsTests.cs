using System.Collections.Immutable;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Boosting;

namespace Coterie.Tests.Learning.Boosting;

public sealed class BinnedRowsTests
{
    private readonly SeededRandom _random = new(7);

    /// <summary>Four features share a word, the last one has a word to itself; with more than 255 bins each has a column.</summary>
    [Theory]
    [InlineData(5, 254, 9_001)]
    [InlineData(4, 3, 100)]
    [InlineData(3, 400, 3_000)]
    [InlineData(1, 0, 10)]
    public void Accumulate_AllRowsAndSome_IsTheSumRowByRow(int features, int cuts, int rows)
    {
        var (of, matrix) = (CutsOf(features, cuts), Cells(rows, features));
        var binned = new BinnedRows(of, matrix);
        var derivatives = Enumerable.Range(0, rows).Select(_ => GradientScale.Pack((2 * _random.NextDouble()) - 1, _random.NextDouble(), 1 << 18, 1 << 18)).ToArray();
        var some = Enumerable.Range(0, rows).Where(i => i % 3 == 1).ToArray();
        foreach (var chosen in new[] { Enumerable.Range(0, rows).ToArray(), some })
        {
            var (gradients, hessians) = (new long[of.TotalBins], new long[of.TotalBins]);
            binned.Accumulate(chosen.Length == rows ? default : chosen, chosen.Select(i => derivatives[i]).ToArray(), 4096, gradients, hessians);
            var (expected, expectedHessians) = (new long[of.TotalBins], new long[of.TotalBins]);
            foreach (var i in chosen)
                for (var j = 0; j < features; j++)
                {
                    if (double.IsNaN(matrix[i, j])) continue;
                    var bin = of.StartOf(j) + of.Of[j].Count(c => c <= matrix[i, j]);
                    expected[bin] += derivatives[i] >> 32;
                    expectedHessians[bin] += derivatives[i] & uint.MaxValue;
                }
            Assert.Equal(expected, gradients);
            Assert.Equal(expectedHessians, hessians);
        }
    }

    /// <summary>The largest derivatives of either sign, as many rows as words have room for, in one bin.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Accumulate_LargestDerivatives_DoNotLeaveTheirWords(int sign)
    {
        foreach (var rows in (int[])[1, 16, 17, 1000, 4096, 20_000])
        {
            var scale = GradientScale.Of(rows, 3, 0.7);
            var binned = new BinnedRows(CutsOf(1, 0), Matrix.Zero(rows, 1));
            var packed = GradientScale.Pack(sign * 3, 0.7, scale.GradientStep, scale.HessianStep);
            var (gradients, hessians) = (new long[1], new long[1]);
            binned.Accumulate(default, Enumerable.Repeat(packed, rows).ToArray(), scale.BlockRows, gradients, hessians);
            Assert.Equal(sign * 3.0 * rows, Math.ScaleB(gradients[0], -scale.Gradient), 1e-4 * rows);
            Assert.Equal(0.7 * rows, Math.ScaleB(hessians[0], -scale.Hessian), 1e-5 * rows);
            Assert.InRange(Math.Abs(Math.ScaleB(3.0, scale.Gradient)) * scale.BlockRows, 0, (1L << 31) - 1);
            Assert.InRange(Math.ScaleB(0.7, scale.Hessian) * scale.BlockRows, 0, uint.MaxValue);
        }
    }

    [Theory]
    [InlineData(6, 100, true)]
    [InlineData(6, 100, false)]
    [InlineData(2, 300, true)]
    [InlineData(2, 300, false)]
    public void Divide_ByABin_KeepsTheOrderOnBothSides(int features, int cuts, bool isMissingLeft)
    {
        var (of, matrix) = (CutsOf(features, cuts), Cells(500, features));
        var binned = new BinnedRows(of, matrix);
        for (var j = 0; j < features; j++)
        {
            var cut = of.Of[j][cuts / 3];
            var rows = Enumerable.Range(0, 500).Where(i => i % 7 != 0).ToArray();
            bool IsLeft(int i) => double.IsNaN(matrix[i, j]) ? isMissingLeft : matrix[i, j] < cut;
            int[] expected = [.. rows.Where(IsLeft), .. rows.Where(i => !IsLeft(i))];
            var left = binned.Divide(j, cuts / 3, isMissingLeft, rows, new int[rows.Length]);
            Assert.Equal(expected.Count(IsLeft), left);
            Assert.Equal(expected, rows);
        }
    }

    [Fact]
    public void CutLookup_CellsAtAndBesideCuts_CountsTheCutsThatDoNotExceedThem()
    {
        foreach (var cuts in new double[][] { [], [0], [1, 1 + 1e-15, 2], [-1e300, 0, 1e300], [.. Enumerable.Range(0, 5000).Select(i => Math.Sqrt(i))] })
        {
            var lookup = new CutLookup(cuts);
            foreach (var cell in cuts.SelectMany(c => (double[])[c, Math.BitIncrement(c), Math.BitDecrement(c)]).Append(double.MaxValue).Append(double.MinValue))
                Assert.Equal(cuts.Count(c => c <= cell), lookup.BinOf(cell));
        }
    }

    private static FeatureCuts CutsOf(int features, int cuts) =>
        new([.. Enumerable.Range(0, features).Select(j => Enumerable.Range(1, cuts).Select(i => (double)i / (cuts + 1)).ToImmutableArray())]);

    private Matrix Cells(int rows, int features) => Matrix.Create(rows, features, cells =>
    {
        foreach (ref var cell in cells) cell = _random.NextDouble() < 0.1 ? double.NaN : _random.NextDouble();
    });
}
