using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>
/// Quantiles by sums: cells are counted over a public grid of the column's range, then twice over 1024 bins inside the bin that holds
/// the statistic. The lower statistic (rank floor(q(n-1)) for the lower q) is never overestimated, the upper (rank ceil(q(n-1))) never
/// underestimated, both by at most 2^-30 of the range. Bins are powers of two wide and start at multiples of their width, so that
/// whole numbers come out exactly. Learned besides: the counts in the bins.
/// </summary>
internal sealed class GridQuantiles(double lowerQuantile, double upperQuantile)
{
    /// <summary>A bin is more than 1/2048 of the range; one more at either end for alignment, one for rounding.</summary>
    internal const int FirstBins = 2052;

    internal const int Bins = 1024;

    private const int Levels = 3;

    public static StopRule Stop => new(Levels, null);

    public static QuantileSearch Initialize(Schema schema) =>
        new(Matrix.Zero(schema.FeatureCount, 1), Matrix.Zero(schema.FeatureCount, 2 * Levels), Matrix.Zero(schema.FeatureCount, 2));

    public static Blocks<Matrix> Pack(Blocks<Matrix> blocks, QuantileSearch? search) => search is null ? blocks :
        blocks.With("counts", search.Counts).With("bins", search.Bins).With("ranks", search.Ranks);

    public static QuantileSearch? Unpack(Blocks<Matrix> blocks) =>
        blocks.Find("bins") is { } bins ? new(blocks["counts"], bins, blocks["ranks"]) : null;

    public static ImmutableArray<BlockSpec> Layout(Schema schema, Round round)
    {
        var width = round.Index == 0 ? FirstBins : Bins;
        return [new("lower", schema.FeatureCount, width, Cells.RowBound(round)), new("upper", schema.FeatureCount, width, Cells.RowBound(round))];
    }

    public static Blocks<Matrix> Contribute(Schema schema, Shard shard, QuantileSearch search, Round round)
    {
        var width = round.Index == 0 ? FirstBins : Bins;
        var (lower, upper) = (new double[schema.FeatureCount * width], new double[schema.FeatureCount * width]);
        var cells = new double[shard.Rows];
        for (var j = 0; j < schema.FeatureCount; j++)
        {
            if (!Cells.IsNumber(schema.Features[j])) continue;
            shard.Features.CopyColumn(j, cells);
            var (origin, step) = Grid(schema.Features[j]);
            foreach (var cell in cells)
            {
                if (double.IsNaN(cell)) continue;
                if (Locate(cell - origin, step, search.Bins.Row(j)[..Levels], round.Index, isUpper: false) is >= 0 and var low) lower[(j * width) + low]++;
                if (Locate(cell - origin, step, search.Bins.Row(j)[Levels..], round.Index, isUpper: true) is >= 0 and var high) upper[(j * width) + high]++;
            }
        }
        return Blocks<Matrix>.Of(("lower", new(schema.FeatureCount, width, lower)), ("upper", new(schema.FeatureCount, width, upper)));
    }

    /// <summary>Descends one level.</summary>
    public QuantileSearch Update(Schema schema, QuantileSearch search, Blocks<Matrix> total, Round round)
    {
        var (counts, bins, ranks) = (search.Counts.ToArray(), search.Bins.ToArray(), search.Ranks.ToArray());
        for (var j = 0; j < schema.FeatureCount; j++)
        {
            if (round.Index == 0)
            {
                foreach (var count in total["lower"].Row(j)) counts[j] += Math.Round(count);
                if (counts[j] > 0) (ranks[2 * j], ranks[(2 * j) + 1]) = (Math.Floor(lowerQuantile * (counts[j] - 1)), Math.Ceiling(upperQuantile * (counts[j] - 1)));
            }
            if (counts[j] == 0) continue;
            Descend(total["lower"].Row(j), ref ranks[2 * j], ref bins[(j * 2 * Levels) + round.Index]);
            Descend(total["upper"].Row(j), ref ranks[(2 * j) + 1], ref bins[(j * 2 * Levels) + Levels + round.Index]);
        }
        return new(new(schema.FeatureCount, 1, counts), new(schema.FeatureCount, 2 * Levels, bins), new(schema.FeatureCount, 2, ranks));
    }

    public static bool IsLast(Round round) => round.Index >= Levels - 1;

    /// <summary>Both statistics of a column, inside its range; null where no cell is present.</summary>
    public static (double Lower, double Upper)? Result(Column column, QuantileSearch search, int j)
    {
        if (search.Counts[j, 0] == 0) return null;
        var (origin, step) = Grid(column);
        double lower = origin, upper = origin;
        for (var level = 0; level < Levels; level++, step /= Bins)
        {
            lower += search.Bins[j, level] * step;
            upper += (search.Bins[j, Levels + level] + (level == Levels - 1 ? 1 : 0)) * step;
        }
        return (Math.Clamp(lower, column.Minimum, column.Maximum), Math.Clamp(upper, column.Minimum, column.Maximum));
    }

    /// <summary>The width of the finest bins: statistics closer than two of them cannot be told apart.</summary>
    public static double Resolution(Column column) => Grid(column).Step / Bins / Bins;

    /// <summary>Where the first level starts, one bin below the range, and how wide its bins are.</summary>
    private static (double Origin, double Step) Grid(Column column)
    {
        // A range of one point still needs a width; 2^-40 of its size is finer than any use.
        var range = Math.Max(column.Maximum - column.Minimum, Cells.Scale(column) * Math.ScaleB(1, -40));
        var step = Math.ScaleB(1, Math.ILogB(range) - 10);
        return ((Math.Floor(column.Minimum / step) - 1) * step, step);
    }

    /// <summary>The bin at <paramref name="level"/> of a cell at a distance from the origin; -1 where it left the path before.</summary>
    private static int Locate(double distance, double step, ReadOnlySpan<double> path, int level, bool isUpper)
    {
        for (var l = 0; ; l++, step /= Bins)
        {
            // Lower bins are [low, high), upper bins (low, high].
            var raw = isUpper ? Math.Ceiling(distance / step) - 1 : Math.Floor(distance / step);
            var bin = (int)Math.Clamp(raw, 0, (l == 0 ? FirstBins : Bins) - 1);
            if (l == level) return bin;
            if (bin != (int)path[l]) return -1;
            distance -= bin * step;
        }
    }

    private static void Descend(ReadOnlySpan<double> counts, ref double rank, ref double bin)
    {
        var b = 0;
        for (; b < counts.Length - 1 && rank >= Math.Round(counts[b]); b++) rank -= Math.Round(counts[b]);
        bin = b;
    }
}
