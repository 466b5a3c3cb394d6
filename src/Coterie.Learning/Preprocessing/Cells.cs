using Coterie.Core.Learning;

namespace Coterie.Learning.Preprocessing;

/// <summary>What preprocessors need to know about columns and their cells.</summary>
internal static class Cells
{
    /// <summary>Below the smallest range that matters; keeps a declared range of [0, 0] from giving a scale of zero.</summary>
    private const double SmallestBound = 1e-200;

    /// <summary>Whether the column's cells are numbers to calculate with.</summary>
    public static bool IsNumber(Column column) => column.Type is ColumnType.Numeric or ColumnType.Binary;

    /// <summary>The power of two above the column's bound; dividing by it rounds nothing. 1 where cells are no numbers.</summary>
    /// <exception cref="ArgumentException">The range is not known yet.</exception>
    public static double Scale(Column column)
    {
        if (!IsNumber(column)) return 1;
        if (!double.IsFinite(column.Bound)) throw new ArgumentException($"The range of column '{column.Name}' is not agreed: the schema agreement comes first.", nameof(column));
        return Math.ScaleB(1, Math.ILogB(Math.Max(column.Bound, SmallestBound)) + 1);
    }

    /// <summary>Sum of (x - centre) / scale over the cells that are present, with Neumaier's compensation, and their number.</summary>
    public static (double Sum, int Count) Sum(ReadOnlySpan<double> cells, double centre, double scale)
    {
        double sum = 0, lost = 0;
        var count = 0;
        foreach (var cell in cells)
        {
            if (double.IsNaN(cell)) continue;
            var value = (cell - centre) / scale;
            var next = sum + value;
            lost += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
            count++;
        }
        return (sum + lost, count);
    }

    /// <summary>Rows that one participant can have at most, as a bound of counts; positive even before rows are agreed.</summary>
    public static double RowBound(Round round) => round.TotalRows > 0 ? round.TotalRows : int.MaxValue;
}
