using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;

namespace Coterie.Tests.Preprocessing;

public sealed class GridQuantilesTests
{
    private static readonly double NaN = double.NaN;

    private static Schema Ranged(double minimum, double maximum, int columns = 1) =>
        new([.. Enumerable.Range(0, columns).Select(j => new Column($"x{j}") { Minimum = minimum, Maximum = maximum })], null) { TotalRows = 1001 };

    [Theory]
    [InlineData(1000, -7.3, 11.9)]
    [InlineData(1001, 0, 1)]
    [InlineData(1, -1e6, 1e6)]
    public void MinMaxAndMedian_RandomCells_AreWithinTheResolution(int rows, double minimum, double maximum)
    {
        var random = new SeededRandom((ulong)rows);
        double[] cells = [.. Enumerable.Range(0, rows).Select(_ => minimum + ((maximum - minimum) * Math.Pow(random.NextDouble(), 3)))];
        var sorted = cells.Order().ToArray();
        var shards = Table.Deal(new Shard(Matrix.Column(cells)), 5);
        var resolution = (maximum - minimum) * Math.ScaleB(1, -30);

        var range = SumDriver.Train(new MinMax(), Ranged(minimum, maximum), shards, quantised: true);
        var median = SumDriver.Train(new Impute(ImputeStrategy.Median), Ranged(minimum, maximum), shards, quantised: true);

        Assert.InRange(sorted[0] - range.Minimums[0], 0, resolution);
        if (rows > 1) Assert.InRange(range.Maximums[0] - sorted[^1], 0, resolution);
        Assert.Equal((sorted[(rows - 1) / 2] + sorted[rows / 2]) / 2, median.Values[0], resolution);
    }

    [Fact]
    public void MinMaxAndMedian_WholeNumbersInAnyDeclaredRange_AreExact()
    {
        var shards = Table.Deal(new Shard(Matrix.Column(3, 17, NaN, 54, 99, 120)), 3);

        var range = SumDriver.Train(new MinMax(), Ranged(0, 120), shards);
        var median = SumDriver.Train(new Impute(ImputeStrategy.Median), Ranged(0, 120), shards);

        Assert.Equal((3, 120, 54), (range.Minimums[0], range.Maximums[0], median.Values[0]));
    }

    [Fact]
    public void Median_CellsAtTheEndsOfTheRange_AreExact()
    {
        Assert.Equal(0, Median(0, 0, 1));
        Assert.Equal(1, Median(0, 1, 1));
        Assert.Equal(0.5, Median(0, 1));

        static double Median(params double[] cells) =>
            SumDriver.Train(new Impute(ImputeStrategy.Median), Ranged(0, 1), [new Shard(Matrix.Column(cells))]).Values[0];
    }

    [Fact]
    public void MinMax_Transform_FillsTheUnitInterval()
    {
        var shards = Table.Deal(new Shard(new Matrix(4, 3, [3, 5, NaN, 4, 5, NaN, NaN, 5, NaN, 7, 5, NaN])), 2);

        var (schema, transformed, _) = SumDriver.Apply(new MinMax(), Ranged(-8, 8, columns: 3), shards);

        var all = Shard.Concatenate(transformed).Features;
        Assert.Equal([0, NaN, 0.25, 1], Enumerable.Range(0, 4).Select(i => all[i, 0]));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(0, all[i, 1]));
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(double.IsNaN(all[i, 2])));
        SumDriver.AssertWithinSchema(schema, transformed);
    }
}
