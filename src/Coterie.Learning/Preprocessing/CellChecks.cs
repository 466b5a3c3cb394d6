using Coterie.Core.Learning;

namespace Coterie.Learning.Preprocessing;

/// <summary>Says what is wrong with a cell: column, row, value, and what would be accepted.</summary>
internal static class CellChecks
{
    /// <summary>Feature cells may be missing; the others fit the column's type and its known range.</summary>
    public static void Feature(Column column, ReadOnlySpan<double> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = cells[i];
            if (double.IsNaN(cell) || column.Type == ColumnType.Text) continue;
            if (double.IsInfinity(cell)) throw Bad(column, i, $"the value is infinite; leave the cell empty if it is missing");
            if (column.Type == ColumnType.Binary && cell is not (0 or 1)) throw Bad(column, i, $"{cell:R} is neither 0 nor 1; declare the column as num");
            if (column.Type == ColumnType.Categorical && !(cell >= 0 && cell < column.Values.Length && cell == Math.Floor(cell)))
                throw Bad(column, i, $"{cell:R} is not the index of one of {column.Values.Length} declared values");
            if (IsOutside(column, cell)) throw Outside(column, cells, i);
        }
    }

    /// <summary>Cells of a numeric target: finite, inside the range where one is known.</summary>
    public static void Target(Column column, ReadOnlySpan<double> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (!double.IsFinite(cells[i])) throw Bad(column, i, $"the target is {(double.IsNaN(cells[i]) ? "missing" : "infinite")}; drop the row");
            if (IsOutside(column, cells[i])) throw Outside(column, cells, i);
        }
    }

    /// <summary>The bin in which a row of that class is counted.</summary>
    public static int ClassBin(Column target, double cell, int row)
    {
        if (double.IsNaN(cell)) throw Bad(target, row, "the class is missing; drop the row");
        var bin = target.Values.IsEmpty ? cell - SchemaAgreement.FirstLabel : cell;
        var count = target.Values.IsEmpty ? SchemaAgreement.LabelCount : target.Values.Length;
        if (bin >= 0 && bin < count && bin == Math.Floor(bin)) return (int)bin;
        throw Bad(target, row, target.Values.IsEmpty
            ? $"{cell:R} is no class label; without declared classes labels are whole numbers from {SchemaAgreement.FirstLabel} to {SchemaAgreement.FirstLabel + count - 1}. Declare the classes in the schema (type cat, values)"
            : $"{cell:R} is not the index of one of {count} declared classes");
    }

    private static bool IsOutside(Column column, double cell) => column.Type != ColumnType.Categorical && (cell < column.Minimum || cell > column.Maximum);

    private static ShardException Outside(Column column, ReadOnlySpan<double> cells, int row)
    {
        double low = column.Minimum, high = column.Maximum;
        foreach (var cell in cells)
            if (double.IsFinite(cell)) (low, high) = (Math.Min(low, cell), Math.Max(high, cell));
        return Bad(column, row, $"{cells[row]:R} lies outside the declared range [{column.Minimum:R}, {column.Maximum:R}]; this shard needs at least [{low:R}, {high:R}]");
    }

    private static ShardException Bad(Column column, int row, string what) => new($"Column '{column.Name}', row {row}: {what}.", column.Name, row);
}
