using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Federation.Data;

/// <summary>Turns rows of a table into a shard under a schema; columns are found by name.</summary>
public static class ShardReader
{
    /// <summary>All rows of a table.</summary>
    /// <inheritdoc cref="Read(DataTable, Schema, ReadOnlySpan{int}, string?, bool)"/>
    public static Shard Read(DataTable table, Schema schema, string? weights = null, bool withTarget = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Read(table, schema, [.. Enumerable.Range(0, table.Rows)], weights, withTarget);
    }

    /// <summary>Some rows of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">Features and target; cells of categorical columns and classes become 0-based indices.</param>
    /// <param name="rows">0-based rows, in the shard's order.</param>
    /// <param name="weights">The column of row weights, from 0 to the schema's weight bound; null: none.</param>
    /// <param name="withTarget">Whether to read the target, which has to be there then.</param>
    /// <exception cref="DataFileException">A column is missing, or a cell is outside of what the schema declares.</exception>
    public static Shard Read(DataTable table, Schema schema, ReadOnlySpan<int> rows, string? weights = null, bool withTarget = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(schema);
        var width = schema.FeatureCount;
        var features = new double[rows.Length * width];
        for (var j = 0; j < width; j++)
            if (Find(table, schema.Features[j].Name) is { } cells) Fill(cells, schema.Features[j], rows, features.AsSpan(j), width);
        var targets = withTarget && schema.Target is { } target ? ReadTargets(Find(table, target.Name)!.Value, target, rows) : null;
        return new Shard(new Matrix(rows.Length, width, features), targets, weights is null ? null : ReadWeights(Find(table, weights)!.Value, schema.WeightBound, rows));
    }

    /// <summary>Null for a feature that a sparse table does not mention: zeros.</summary>
    private static Cells? Find(DataTable table, string name)
    {
        if (table.Find(name) is { } column) return new Cells(table, column);
        if (table.IsSparse && name != LibsvmReader.Label) return null;
        throw new DataFileException(table.File, 1, name, "is missing; " + Nearest.Advice(name, [.. table.Columns.Select(c => c.Name)]));
    }

    private static void Fill(Cells cells, Column column, ReadOnlySpan<int> rows, Span<double> destination, int stride)
    {
        if (!column.Values.IsEmpty)
        {
            var coder = new ValueCoder(cells, column.Values);
            for (var i = 0; i < rows.Length; i++) destination[i * stride] = coder.IndexOf(rows[i]);
            return;
        }
        cells.RequireNumbers("in this column");
        var numbers = cells.Column.Numbers;
        var (minimum, maximum) = column.IsRangeDeclared ? (column.Minimum, column.Maximum) : (double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = numbers[rows[i]];
            if (value < minimum || value > maximum || (column.Type == ColumnType.Binary && value is not (0 or 1 or double.NaN))) throw OutOfRange(cells, column, rows[i], value);
            destination[i * stride] = value;
        }
    }

    private static DataFileException OutOfRange(Cells cells, Column column, int row, double value) =>
        cells.Error(row, column.Type == ColumnType.Binary
            ? $"{CellText.Of(value)} is neither 0 nor 1, as declared with type: bin."
            : $"{CellText.Of(value)} is outside the declared range [{CellText.Of(column.Minimum)}, {CellText.Of(column.Maximum)}]; declare range: "
                + $"[{CellText.Of(Math.Min(column.Minimum, value))}, {CellText.Of(Math.Max(column.Maximum, value))}] or correct the cell.");

    private static Matrix ReadTargets(Cells cells, Column target, ReadOnlySpan<int> rows)
    {
        cells.RequirePresent(rows);
        var values = new double[rows.Length];
        Fill(cells, target, rows, values, 1);
        return new Matrix(rows.Length, 1, values);
    }

    private static Matrix ReadWeights(Cells cells, double bound, ReadOnlySpan<int> rows)
    {
        cells.RequireNumbers("of row weights");
        var values = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var weight = cells.Column.Numbers[rows[i]];
            if (!(weight >= 0)) throw cells.Error(rows[i], (double.IsNaN(weight) ? "the weight is missing" : string.Create(CultureInfo.InvariantCulture, $"the weight {weight:R} is negative")) + "; a number of at least 0 is expected.");
            if (weight > bound) throw cells.Error(rows[i], $"the weight {CellText.Of(weight)} is above {CellText.Of(bound)}, the largest that may occur; declare a wider range or correct the cell.");
            values[i] = weight;
        }
        return new Matrix(rows.Length, 1, values);
    }
}
