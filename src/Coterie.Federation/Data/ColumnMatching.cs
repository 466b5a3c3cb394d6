using System.Globalization;

namespace Coterie.Federation.Data;

/// <summary>Checks that all tables have the same columns, in whatever order.</summary>
internal static class ColumnMatching
{
    /// <summary>The columns of all tables, in the first one's order; of sparse tables the features any of them has.</summary>
    public static IReadOnlyList<string> Match(IReadOnlyList<DataTable> tables, SchemaRequest request)
    {
        var first = tables[0];
        foreach (var table in tables.Skip(1))
        {
            if (table.IsSparse != first.IsSparse)
                throw new DataFileException(table.File, null, null, $"is of another format than {first.File}; LIBSVM text and tables with headers do not go together.");
            if (table.IsSparse) continue;
            foreach (var column in first.Columns)
                if (Matters(column.Name, request) && table.Find(column.Name) is null) throw Missing(table, first, column.Name);
            foreach (var column in table.Columns)
                if (Matters(column.Name, request) && first.Find(column.Name) is null) throw Extra(table, first, column.Name);
        }
        return first.IsSparse ? SparseNames(tables) : [.. first.Columns.Select(c => c.Name)];
    }

    private static List<string> SparseNames(IReadOnlyList<DataTable> tables)
    {
        var features = tables.Max(t => t.Columns.Length - 1);
        return [.. Enumerable.Range(1, features).Select(LibsvmReader.FeatureName), LibsvmReader.Label];
    }

    private static bool Matters(string name, SchemaRequest request) =>
        !request.Exclude.Contains(name) && !request.Reserved.Contains(name) && name != request.Weights
        && (request.Include.IsEmpty || request.Include.Contains(name) || name == request.Target);

    private static DataFileException Missing(DataTable table, DataTable first, string name) =>
        new(table.File, 1, name, $"is missing; {first.File} has it" + (Nearest.Find(name, Others(table, first)) is { } near ? $", and here there is '{near}'" : "")
            + $". The same columns are expected in every file: {List(first)}.");

    private static DataFileException Extra(DataTable table, DataTable first, string name) =>
        new(table.File, 1, name, $"is one too many; {first.File} does not have it. The same columns are expected in every file: {List(first)}; others can be left out with columns: {{ exclude: [{name}] }}.");

    private static string[] Others(DataTable table, DataTable first) => [.. table.Columns.Select(c => c.Name).Where(n => first.Find(n) is null)];

    private static string List(DataTable table) =>
        string.Join(", ", table.Columns.Take(12).Select(c => c.Name)) + (table.Columns.Length > 12 ? string.Create(CultureInfo.InvariantCulture, $" and {table.Columns.Length - 12} more") : "");
}
