using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Tests.Privacy.EncryptedModel.Metric;

/// <summary>The triangular factor has the rows' sums of squares and products, and bounds are kept.</summary>
public sealed class ReducedRowsTests
{
    private static readonly MetricTerms Terms = new([1, 8, 8, 8], 100, 60, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(60)]
    public void Of_Rows_KeepsSumsOfProductsAndIsTriangular(int rows)
    {
        var shard = Rows(rows);
        var reduced = ReducedRows.Of(shard, Terms);
        var all = shard.Features.Beside(shard.Targets!);
        var (expected, found) = (all.Transpose() * all, reduced.Factor.Transpose() * reduced.Factor);
        Assert.Equal(rows, reduced.Count);
        Assert.Equal(5, reduced.Factor.Rows);
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], found.Values[i], 1e-9 * Math.Max(1, Math.Abs(expected.Values[i])));
        for (var i = 0; i < 5; i++)
            for (var j = 0; j < i; j++) Assert.Equal(0, reduced.Factor[i, j]);
    }

    [Fact]
    public void Of_ColumnsOfZeros_IsFinite()
    {
        var reduced = ReducedRows.Of(new Shard(Matrix.Zero(7, 4), Matrix.Zero(7, 1)), Terms);
        Assert.All(reduced.Factor.ToArray(), x => Assert.Equal(0, x));
    }

    [Fact]
    public void Encode_RoundsToThirtyBitsOfTheScale()
    {
        var reduced = ReducedRows.Of(Rows(60), Terms);
        var entries = reduced.Encode(Terms);
        for (var i = 0; i < entries.Length; i++)
            Assert.Equal(reduced.Factor.Values[i], Math.ScaleB(entries[i], Terms.ScaleOf(i % 5) - ReducedRows.EntryBits), Math.ScaleB(1, Terms.ScaleOf(i % 5) - ReducedRows.EntryBits));
    }

    [Fact]
    public void Of_BeyondBounds_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ReducedRows.Of(new Shard(Matrix.Create(1, 4, x => x[1] = 8.1), Matrix.Zero(1, 1)), Terms));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReducedRows.Of(new Shard(Matrix.Zero(1, 4), Matrix.Create(1, 1, y => y[0] = double.NaN)), Terms));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReducedRows.Of(Rows(61), Terms));
        Assert.Throws<ArgumentException>(() => ReducedRows.Of(new Shard(Matrix.Zero(3, 5), Matrix.Zero(3, 1)), Terms));
        Assert.Throws<ArgumentException>(() => ReducedRows.Of(new Shard(Matrix.Zero(3, 4)), Terms));
    }

    private static Shard Rows(int rows)
    {
        var random = new SeededRandom(5);
        return new Shard(
            Matrix.Create(rows, 4, x =>
            {
                for (var i = 0; i < x.Length; i++) x[i] = i % 4 == 0 ? 1 : Math.Clamp(random.NextGaussian(), -8, 8);
            }),
            Matrix.Create(rows, 1, y =>
            {
                for (var i = 0; i < y.Length; i++) y[i] = (60 * random.NextDouble()) - 20;
            }));
    }
}
