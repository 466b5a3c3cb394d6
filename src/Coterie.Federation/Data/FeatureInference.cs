using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>Finds the type and the public facts of a feature.</summary>
internal static class FeatureInference
{
    /// <summary>A text column with more distinct values is taken for free text.</summary>
    private const int MaximumValues = 64;

    private static readonly string[] FalseFriends =
        ["null", "none", "nil", "n/a", "#n/a", "na", "<na>", "missing", "unknown", "-", "--", ".", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "-∞", "-nan", "#div/0!", "#value!"];

    /// <summary>The column; null when it is declared as text.</summary>
    public static Column? Infer(string name, Cells[] cells, SchemaRequest request)
    {
        var declared = request.Declared.GetValueOrDefault(name);
        return declared switch
        {
            { Type: ColumnType.Text } => null,
            { Type: ColumnType.Numeric } or { HasRange: true } => Numeric(declared, cells),
            { Type: ColumnType.Binary } => Binary(declared, cells, request),
            { Type: ColumnType.Categorical } or { Values.IsEmpty: false } => Categorical(name, Values(declared, cells, request)),
            _ => Undeclared(name, cells, request),
        };
    }

    /// <summary>Throws where a column holds numbers but for some cells: those are rather mistakes than categories.</summary>
    public static void RefuseMixed(Cells[] cells, string remedy)
    {
        var (numbers, words, strange, at) = (0, 0, 0, (Cells: default(Cells), Row: -1));
        foreach (var part in cells)
        {
            for (var i = 0; i < part.Column.Rows; i++)
            {
                if (part.Column.IsMissing(i)) continue;
                if (part.Column.IsNumeric || CellText.TryNumber(part.Column.Texts[i], out _))
                {
                    numbers++;
                    continue;
                }
                if (at.Row < 0) at = (part, i);
                if (IsFalseFriend(part.Column.Texts[i]!)) strange++;
                else words++;
            }
        }
        if (words + strange == 0 || numbers == 0 || numbers < words) return;
        throw at.Cells.Error(at.Row, $"{CellText.Quote(at.Cells.Column.Texts[at.Row]!)} is no finite number, but {numbers} other cells of the column are numbers and {words + strange} are not; "
            + $"correct it, leave it missing ({CellText.MissingMarks}), or {remedy}.");
    }

    private static bool IsFalseFriend(string text) =>
        FalseFriends.Contains(text, StringComparer.OrdinalIgnoreCase) || (double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && !double.IsFinite(number));

    private static Column Numeric(ColumnDeclaration declared, Cells[] cells)
    {
        foreach (var part in cells) part.RequireNumbers("because the column is declared num or with a range");
        return new Column(declared.Name) { Minimum = declared.Minimum, Maximum = declared.Maximum, IsRangeDeclared = declared.HasRange };
    }

    /// <summary>0 and 1, or two values that stand for them in their order.</summary>
    private static Column Binary(ColumnDeclaration declared, Cells[] cells, SchemaRequest request)
    {
        var values = declared.Values;
        if (values.IsEmpty && cells.Any(c => !c.Column.IsNumeric)) values = Values(declared, cells, request);
        if (!values.IsEmpty && values.Length != 2)
            throw new DataFileException(cells[0].Table.File, null, declared.Name, $"has the values {string.Join(", ", values.Take(6))}; a binary column has two.");
        return new Column(declared.Name, ColumnType.Binary) { Values = values, Minimum = 0, Maximum = 1, IsRangeDeclared = true };
    }

    private static Column Categorical(string name, ImmutableArray<string> values) =>
        new(name, ColumnType.Categorical) { Values = values, Minimum = 0, Maximum = Math.Max(0, values.Length - 1), IsRangeDeclared = true };

    private static Column Undeclared(string name, Cells[] cells, SchemaRequest request)
    {
        if (cells.All(c => c.Column.IsNumeric)) return new Column(name);
        RefuseMixed(cells, $"declare schema: {{ {name}: {{ type: cat }} }}");
        return Categorical(name, Values(new ColumnDeclaration(name), cells, request));
    }

    private static ImmutableArray<string> Values(ColumnDeclaration declared, Cells[] cells, SchemaRequest request)
    {
        if (!declared.Values.IsEmpty) return declared.Values;
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in cells) part.AddValues(values);
        var file = cells[0].Table.File;
        if (declared.Type is null && values.Count > MaximumValues)
            throw new DataFileException(file, null, declared.Name, $"holds text with {values.Count} distinct values, which is no feature; leave it out with columns: {{ exclude: [{declared.Name}] }}, or declare schema: {{ {declared.Name}: {{ type: text }} }} or {{ type: cat }}.");
        if (request.AreFilesSeparate)
            throw new DataFileException(file, null, declared.Name, $"is categorical, and with one file per participant nobody may gather its values; declare them: schema: {{ {declared.Name}: {{ type: cat, values: [{string.Join(", ", Cells.Sort(values).Take(6))}{(values.Count > 6 ? ", ..." : "")}] }} }}.");
        return [.. Cells.Sort(values)];
    }
}
