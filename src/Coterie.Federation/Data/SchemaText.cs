using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using System.Text.RegularExpressions;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>A column as a <c>schema</c> section would declare it.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Minimum">Its smallest value; NaN where it has none.</param>
/// <param name="Maximum">Its largest value; NaN where it has none.</param>
/// <param name="Values">Its distinct values; empty for numbers and free text.</param>
public sealed record ColumnSketch(string Name, ColumnType Type, double Minimum, double Maximum, System.Collections.Immutable.ImmutableArray<string> Values);

/// <summary>Drafts the <c>schema</c> section of a task from one party's file.</summary>
public static partial class SchemaText
{
    /// <summary>More distinct texts than that are taken for free text.</summary>
    private const int MostValues = 64;

    /// <summary>The columns in the file's order.</summary>
    public static System.Collections.Immutable.ImmutableArray<ColumnSketch> Draft(DataTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return [.. table.Columns.Select(c => Draft(new Cells(table, c)))];
    }

    /// <summary>
    /// The section as YAML. Without <paramref name="ranges"/> it tells names and types only; ranges and values say something about the rows.
    /// </summary>
    public static string ToYaml(IEnumerable<ColumnSketch> columns, bool ranges)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var text = new StringBuilder("  schema:\n");
        foreach (var column in columns) text.Append(CultureInfo.InvariantCulture, $"    {Quote(column.Name)}: {{ {Declaration(column, ranges)} }}{Remark(column, ranges)}\n");
        return text.ToString();
    }

    /// <summary>The type's word in task files.</summary>
    public static string Word(ColumnType type) => type switch
    {
        ColumnType.Numeric => "num",
        ColumnType.Binary => "bin",
        ColumnType.Categorical => "cat",
        _ => "text",
    };

    private static ColumnSketch Draft(Cells cells)
    {
        var column = cells.Column;
        if (column.IsNumeric)
        {
            double[] present = [.. column.Numbers.ToArray().Where(double.IsFinite)];
            return present.Length == 0 ? new(column.Name, ColumnType.Numeric, double.NaN, double.NaN, [])
                : new(column.Name, ColumnType.Numeric, TensorPrimitives.Min<double>(present), TensorPrimitives.Max<double>(present), []);
        }
        var values = new HashSet<string>(StringComparer.Ordinal);
        cells.AddValues(values);
        return values.Count > MostValues ? new(column.Name, ColumnType.Text, double.NaN, double.NaN, []) : new(column.Name, ColumnType.Categorical, double.NaN, double.NaN, [.. Cells.Sort(values)]);
    }

    private static string Declaration(ColumnSketch column, bool ranges) => (column, ranges) switch
    {
        ({ Type: ColumnType.Numeric, Minimum: not double.NaN }, true) => $"type: num, range: [{CellText.Of(column.Minimum)}, {CellText.Of(column.Maximum)}]",
        ({ Type: ColumnType.Categorical }, true) => $"type: cat, values: [{string.Join(", ", column.Values.Select(Quote))}]",
        _ => $"type: {Word(column.Type)}",
    };

    private static string Remark(ColumnSketch column, bool ranges) => column.Type == ColumnType.Categorical && !ranges ? "   # add values: [...], all that may occur" : "";

    /// <summary>Quoted unless it can be nothing but a plain word.</summary>
    private static string Quote(string text) => PlainWord().IsMatch(text) && text is not ("null" or "true" or "false")
        ? text : "\"" + text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n").Replace("\t", "\\t", StringComparison.Ordinal) + "\"";

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();
}
