using System.Collections.Immutable;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>The <c>data</c> section of a task file.</summary>
public sealed record DataSettings
{
    /// <summary>Absolute path of the file whose rows are dealt; null where every participant has its own.</summary>
    public string? File { get; init; }

    /// <summary>The target; null: the last column without another role, and none for clustering.</summary>
    public string? Target { get; init; }

    /// <summary>How the training rows come to participants.</summary>
    public required ParticipantsSettings Participants { get; init; }

    /// <summary>The test rows; null: none.</summary>
    public HoldOut? Test { get; init; }

    /// <summary>The validation rows; null: none.</summary>
    public HoldOut? Validation { get; init; }

    /// <summary>The only columns that may be features; empty: all.</summary>
    public ImmutableArray<string> Include { get; init; } = [];

    /// <summary>Columns that are no features.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>Declared columns, by name.</summary>
    public ImmutableSortedDictionary<string, ColumnDeclaration> Schema { get; init; } = ImmutableSortedDictionary.Create<string, ColumnDeclaration>(StringComparer.Ordinal);

    /// <summary>Names of the declared columns in the order of the task file.</summary>
    public ImmutableArray<string> SchemaOrder { get; init; } = [];

    /// <summary>The column of row weights; null: every row counts once.</summary>
    public string? Weights { get; init; }
}
