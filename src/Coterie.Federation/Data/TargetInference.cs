using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>Finds the public facts of the target: a number, or classes in their order.</summary>
internal static class TargetInference
{
    private const int MaximumClasses = 1000;

    public static Column Infer(string name, Cells[] cells, SchemaRequest request)
    {
        var declared = request.Declared.GetValueOrDefault(name) ?? new ColumnDeclaration(name);
        if (request.Learning != LearningTask.Regression) return Classes(declared, cells, request);
        foreach (var part in cells) part.RequireNumbers("because the column is the target of a regression");
        return new Column(name) { Minimum = declared.Minimum, Maximum = declared.Maximum, IsRangeDeclared = declared.HasRange };
    }

    private static Column Classes(ColumnDeclaration declared, Cells[] cells, SchemaRequest request)
    {
        if (!declared.Values.IsEmpty) return Labelled(declared.Name, declared.Values, cells, request);
        if (cells.Any(c => !c.Column.IsNumeric)) FeatureInference.RefuseMixed(cells, $"declare the classes: schema: {{ {declared.Name}: {{ values: [...] }} }}");
        foreach (var part in cells) RequireLabels(part, request);
        // With one file per participant the classes are agreed later, by counts of whole-number labels.
        if (request.AreFilesSeparate) return new Column(declared.Name, ColumnType.Categorical);
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in cells) part.AddValues(values);
        return Labelled(declared.Name, [.. Cells.Sort(values)], cells, request);
    }

    private static void RequireLabels(Cells cells, SchemaRequest request)
    {
        if (!cells.Column.IsNumeric)
        {
            if (!request.AreFilesSeparate) return;
            throw new DataFileException(cells.Table.File, null, cells.Column.Name, $"holds text classes, and with one file per participant nobody may gather them; declare them: schema: {{ {cells.Column.Name}: {{ values: [...] }} }}, or use whole numbers.");
        }
        for (var i = 0; i < cells.Column.Rows; i++)
            if (!cells.Column.IsMissing(i) && (cells.Column.Numbers[i] != Math.Floor(cells.Column.Numbers[i]) || Math.Abs(cells.Column.Numbers[i]) > int.MaxValue))
                throw cells.Error(i, $"{CellText.Of(cells.Column.Numbers[i])} is no class; classes are texts or whole numbers. Numbers of other kinds are for regression.");
    }

    private static Column Labelled(string name, ImmutableArray<string> values, Cells[] cells, SchemaRequest request)
    {
        var isBinary = request.Learning == LearningTask.BinaryClassification;
        if (values.Length < 2 || (isBinary && values.Length > 2) || values.Length > MaximumClasses)
            throw new DataFileException(cells[0].Table.File, null, name,
                $"has {values.Length} {(values.Length == 1 ? "class" : "classes")} ({string.Join(", ", values.Take(6))}{(values.Length > 6 ? ", ..." : "")}); "
                + (isBinary ? "this learner expects two." : $"2 to {MaximumClasses} are expected."));
        return new Column(name, ColumnType.Categorical) { Values = values, Minimum = 0, Maximum = values.Length - 1, IsRangeDeclared = true };
    }
}
