using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>
/// Finds features and target of tables that were read. Columns are matched by name whatever their order in each file.
/// Undeclared text becomes categorical, with its values in ordinal order, where all rows belong to one task file; where every
/// participant has its own file, values are declared or the column is refused.
/// </summary>
public static class SchemaInference
{
    /// <summary>Finds features and target.</summary>
    /// <param name="tables">The tables; the first one gives the columns' order.</param>
    /// <param name="request">What is wanted.</param>
    /// <returns>Features and target with declared ranges; totals are not agreed yet. Columns declared as text are no features.</returns>
    /// <exception cref="DataFileException">A column is missing or one too many, or its cells do not fit its type.</exception>
    public static Schema Infer(IReadOnlyList<DataTable> tables, SchemaRequest request)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(request);
        var names = ColumnMatching.Match(tables, request);
        var target = TargetOf(tables[0], request);
        var features = ImmutableArray.CreateBuilder<Column>();
        foreach (var name in names.Where(n => n != target && IsFeature(n, request)))
            if (FeatureInference.Infer(name, Cells(tables, name), request) is { } column) features.Add(column);
        if (features.Count == 0)
            throw new DataFileException(tables[0].File, 1, null, "has no column left that can be a feature; text columns are none.");
        return new Schema(features.ToImmutable(),
            target is null || request.Learning == LearningTask.Clustering ? null : TargetInference.Infer(target, Cells(tables, target), request));
    }

    /// <summary>The target's name: as requested, else the last column without another role; null for clustering without one.</summary>
    /// <exception cref="DataFileException">There is no such column.</exception>
    public static string? TargetOf(DataTable table, SchemaRequest request)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Target is { } name)
            return table.Find(name) is not null ? name
                : throw new DataFileException(table.File, 1, name, "is to be the target but is not there; " + Nearest.Advice(name, [.. table.Columns.Select(c => c.Name)]));
        if (request.Learning == LearningTask.Clustering) return null;
        var last = table.Columns.LastOrDefault(c => HasNoRole(c.Name, request))?.Name
            ?? throw new DataFileException(table.File, 1, null, "has no column left that can be the target.");
        return !request.Exclude.Contains(last) ? last
            : throw new DataFileException(table.File, 1, last, "is the last column and excluded, so no target is left; name one with target.");
    }

    private static bool HasNoRole(string name, SchemaRequest request) => name != request.Weights && !request.Reserved.Contains(name);

    private static bool IsFeature(string name, SchemaRequest request) =>
        HasNoRole(name, request) && !request.Exclude.Contains(name) && (request.Include.IsEmpty || request.Include.Contains(name));

    private static Cells[] Cells(IReadOnlyList<DataTable> tables, string name) =>
        [.. tables.Where(t => t.Find(name) is not null).Select(t => new Cells(t, t.Find(name)!))];
}
