using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>
/// Means and standard deviations by three sums: (0) cells present and their sum; (1) the binary exponent of the largest distance from
/// the mean; (2) sums and squares of distances in units of that power of two, so that a column keeps its digits whatever its range
/// and offset. The last round corrects the mean (corrected two-pass algorithm; Chan, Golub, LeVeque 1983).
/// </summary>
internal static class MomentRounds
{
    public static StopRule Stop => new(3, null);

    /// <summary>A standard deviation below this part of the column's range is rounding of equal cells: 2^-44 leaves 8 bits above 2^-52.</summary>
    private const double ConstantShare = 1.0 / (1L << 44);

    public static ColumnMoments Initialize(Schema schema)
    {
        var zeros = ImmutableArray.Create(new double[schema.FeatureCount]);
        return new(zeros, zeros, zeros, zeros);
    }

    public static Blocks<Matrix> Pack(ColumnMoments model) => Blocks<Matrix>.Of(
        ("counts", Matrix.Column(model.Counts.AsSpan())), ("means", Matrix.Column(model.Means.AsSpan())),
        ("spreads", Matrix.Column(model.Spreads.AsSpan())), ("deviations", Matrix.Column(model.Deviations.AsSpan())));

    public static ColumnMoments Unpack(Schema schema, Blocks<Matrix> blocks) => new(
        Parameters.Column(blocks, "counts", schema.FeatureCount), Parameters.Column(blocks, "means", schema.FeatureCount),
        Parameters.Column(blocks, "spreads", schema.FeatureCount), Parameters.Column(blocks, "deviations", schema.FeatureCount));

    public static ImmutableArray<BlockSpec> Layout(Schema schema, Round round) => round.Index switch
    {
        0 => [new("counts", schema.FeatureCount, 1, Cells.RowBound(round)), new("sums", schema.FeatureCount, 1, Cells.RowBound(round))],
        1 => [new("exponents", schema.FeatureCount, ExponentBins.Count, 1)],
        _ => [new("sums", schema.FeatureCount, 1, Cells.RowBound(round)), new("squares", schema.FeatureCount, 1, Cells.RowBound(round))],
    };

    public static Blocks<Matrix> Contribute(Schema schema, Shard shard, ColumnMoments model, Round round)
    {
        int d = schema.FeatureCount, exponents = ExponentBins.Count;
        var (first, second) = (new double[d], new double[d]);
        var bins = round.Index == 1 ? new double[d * exponents] : [];
        var cells = new double[shard.Rows];
        for (var j = 0; j < d; j++)
        {
            if (!Cells.IsNumber(schema.Features[j])) continue;
            shard.Features.CopyColumn(j, cells);
            if (round.Index == 0) (second[j], first[j]) = Cells.Sum(cells, 0, Cells.Scale(schema.Features[j]));
            else if (round.Index == 1) ExponentBins.TryMark(Furthest(cells, model.Means[j]), LowestExponent(schema.Features[j]), bins.AsSpan(j * exponents, exponents));
            else (first[j], second[j]) = Distances(cells, model.Means[j], model.Spreads[j]);
        }
        return round.Index switch
        {
            0 => Blocks<Matrix>.Of(("counts", new(d, 1, first)), ("sums", new(d, 1, second))),
            1 => Blocks<Matrix>.Of(("exponents", new(d, exponents, bins))),
            _ => Blocks<Matrix>.Of(("sums", new(d, 1, first)), ("squares", new(d, 1, second))),
        };
    }

    public static Step<ColumnMoments> Update(Schema schema, ColumnMoments model, Blocks<Matrix> total, Round round) => round.Index switch
    {
        0 => new(model with
        {
            Counts = [.. total["counts"].ToArray().Select(c => Math.Round(c))],
            Means = PerNumber(schema, j => total["counts"][j, 0] > 0.5 ? total["sums"][j, 0] / Math.Round(total["counts"][j, 0]) * Cells.Scale(schema.Features[j]) : 0),
        }, Done: false, Change: 1),
        1 => new(model with { Spreads = PerNumber(schema, j => ExponentBins.Bound(total["exponents"].Row(j), LowestExponent(schema.Features[j]))) }, Done: false, Change: 1),
        _ => new(Finish(schema, model, total["sums"], total["squares"]), Done: true, Change: 0),
    };

    /// <summary>The highest bin holds twice the scale: no two cells are further apart.</summary>
    private static int LowestExponent(Column column) => Math.ILogB(Cells.Scale(column)) + 1 - (ExponentBins.Count - 1);

    private static double Furthest(ReadOnlySpan<double> cells, double mean)
    {
        double furthest = 0;
        foreach (var cell in cells)
            if (Math.Abs(cell - mean) > furthest) furthest = Math.Abs(cell - mean);
        return furthest;
    }

    private static (double Sum, double Squares) Distances(ReadOnlySpan<double> cells, double mean, double spread)
    {
        double squares = 0;
        foreach (var cell in cells)
        {
            var distance = (cell - mean) / spread;
            if (!double.IsNaN(distance)) squares += distance * distance;
        }
        return (Cells.Sum(cells, mean, spread).Sum, squares);
    }

    private static ColumnMoments Finish(Schema schema, ColumnMoments model, Matrix sums, Matrix squares)
    {
        double Shift(int j) => model.Counts[j] == 0 ? 0 : sums[j, 0] / model.Counts[j];
        double Deviation(int j)
        {
            if (model.Counts[j] == 0) return 0;
            var variance = (squares[j, 0] / model.Counts[j]) - (Shift(j) * Shift(j));
            var deviation = model.Spreads[j] * Math.Sqrt(Math.Max(0, variance));
            return deviation <= ConstantShare * Cells.Scale(schema.Features[j]) ? 0 : deviation;
        }
        return model with
        {
            Means = PerNumber(schema, j => model.Means[j] + (model.Spreads[j] * Shift(j))),
            Spreads = PerNumber(schema, j => model.Spreads[j] * (1 + Math.Abs(Shift(j)))),
            Deviations = PerNumber(schema, Deviation),
        };
    }

    private static ImmutableArray<double> PerNumber(Schema schema, Func<int, double> value) =>
        [.. Enumerable.Range(0, schema.FeatureCount).Select(j => Cells.IsNumber(schema.Features[j]) ? value(j) : 0)];
}
