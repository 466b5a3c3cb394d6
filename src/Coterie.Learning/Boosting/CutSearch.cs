using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Learning.Boosting;

/// <summary>
/// Bins by sums: cells of an even public grid over each column's agreed range are counted, those that hold more rows than a bin should are divided and counted again, up to three times, and what is left is gathered into bins of
/// about as many rows each. A value that many rows have ends up in a bin of its own.
/// </summary>
internal static class CutSearch
{
    /// <summary>Most bins of a feature: one of a byte's values stands for a missing cell.</summary>
    public const int MostBins = 255;

    /// <summary>Counts at most: with cells of 2^-11 of the range divided by 32 three times, values 2^-26 of it apart are told from one another.</summary>
    public const int Rounds = 4;

    private const int FirstCells = 2048;
    private const int Parts = 32;

    /// <summary>Where the search begins; columns of two values or of a list of them have their cuts already.</summary>
    public static FeatureCuts First(Schema schema, int bins) => new([.. schema.Features.Select(c => IsKnown(c, bins) ? Between(c) : Grid(c))]);

    /// <summary>The features whose cells are to be counted first.</summary>
    public static ImmutableArray<int> Open(Schema schema, int bins) => [.. Enumerable.Range(0, schema.FeatureCount).Where(j => !IsKnown(schema.Features[j], bins))];

    /// <summary>The cells to count next; those of features that are left out of the open ones are cuts of bins.</summary>
    /// <param name="schema">Ranges.</param>
    /// <param name="cells">What was counted.</param>
    /// <param name="open">Of which features.</param>
    /// <param name="counts">Rows by cell, of these features.</param>
    /// <param name="bins">Most bins of a feature.</param>
    /// <param name="isLast">Whether there is no more counting.</param>
    public static (FeatureCuts Cuts, ImmutableArray<int> Open) Next(Schema schema, FeatureCuts cells, ImmutableArray<int> open, ReadOnlySpan<double> counts, int bins, bool isLast)
    {
        var (cuts, left, start) = (cells.Of.ToBuilder(), ImmutableArray.CreateBuilder<int>(), 0);
        foreach (var j in open)
        {
            var counted = CellsOf(schema.Features[j], cells.Of[j], counts.Slice(start, cells.BinsOf(j)));
            start += cells.BinsOf(j);
            if (!isLast && Divide(counted, schema.Features[j], bins) is { } divided)
            {
                cuts[j] = divided;
                left.Add(j);
            }
            else cuts[j] = Gather(counted, bins);
        }
        return (new(cuts.ToImmutable()), left.ToImmutable());
    }

    private static bool IsKnown(Column column, int bins) => column.Type == ColumnType.Binary || (column.Type == ColumnType.Categorical && column.Values.Length <= bins);

    private static ImmutableArray<double> Between(Column column) => [.. Enumerable.Range(0, column.Type == ColumnType.Binary ? 1 : Math.Max(0, column.Values.Length - 1)).Select(i => i + 0.5)];

    private static ImmutableArray<double> Grid(Column column)
    {
        var (low, width) = (column.Minimum, (column.Maximum - column.Minimum) / FirstCells);
        return width > 0 ? Ascending(Enumerable.Range(1, FirstCells - 1).Select(i => low + (i * width))) : [];
    }

    private static (double Low, double High, double Rows)[] CellsOf(Column column, ImmutableArray<double> edges, ReadOnlySpan<double> rows)
    {
        var cells = new (double, double, double)[rows.Length];
        for (var b = 0; b < cells.Length; b++) cells[b] = (b == 0 ? column.Minimum : edges[b - 1], b == edges.Length ? column.Maximum : edges[b], Math.Round(rows[b]));
        return cells;
    }

    /// <summary>Edges with those cells divided that hold more than a bin's share of rows; null when there is none. Neighbouring empty cells become one.</summary>
    private static ImmutableArray<double>? Divide((double Low, double High, double Rows)[] cells, Column column, int bins)
    {
        var (share, least) = (cells.Sum(c => c.Rows) / bins, (column.Maximum - column.Minimum) * Math.ScaleB(1, -40));
        bool IsHeavy((double Low, double High, double Rows) cell) => cell.Rows > share && cell.High - cell.Low > least;
        if (!cells.Any(IsHeavy)) return null;
        var edges = new List<double>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0 && (cells[i].Rows > 0 || cells[i - 1].Rows > 0)) edges.Add(cells[i].Low);
            if (!IsHeavy(cells[i])) continue;
            for (var part = 1; part < Parts; part++) edges.Add(cells[i].Low + (part * (cells[i].High - cells[i].Low) / Parts));
        }
        return Ascending(edges);
    }

    /// <summary>Cuts between bins of about as many rows each; in the middle of what is empty between them.</summary>
    private static ImmutableArray<double> Gather((double Low, double High, double Rows)[] cells, int bins)
    {
        var full = cells.Where(c => c.Rows > 0).ToArray();
        var cuts = new List<double>();
        var (left, share, gathered) = (full.Sum(c => c.Rows), full.Sum(c => c.Rows) / bins, 0.0);
        for (var i = 0; i + 1 < full.Length && cuts.Count < bins - 1; i++)
        {
            gathered += full[i].Rows;
            var open = bins - cuts.Count;
            // The rows that are left, this bin's among them, over the bins that are: a bin of one heavy value takes more than its share, and the others get less each.
            var isFull = full.Length <= bins || gathered >= left / open || (full[i + 1].Rows > share && full.Length - i - 1 >= 1 && gathered + full[i + 1].Rows > 1.5 * left / open);
            if (!isFull) continue;
            cuts.Add(full[i].High + ((full[i + 1].Low - full[i].High) / 2));
            left -= gathered;
            gathered = 0;
        }
        return Ascending(cuts);
    }

    /// <summary>Without what rounding made equal.</summary>
    private static ImmutableArray<double> Ascending(IEnumerable<double> edges)
    {
        var ascending = ImmutableArray.CreateBuilder<double>();
        foreach (var edge in edges)
            if (ascending.Count == 0 || edge > ascending[^1]) ascending.Add(edge);
        return ascending.ToImmutable();
    }
}
