using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>What is wanted of the columns of one or several tables.</summary>
/// <param name="Learning">What the learner predicts: decides how the target is read.</param>
public sealed record SchemaRequest(LearningTask Learning)
{
    /// <summary>The target; null: the last column without another role, and none for clustering.</summary>
    public string? Target { get; init; }

    /// <summary>The only columns that may be features; empty: all.</summary>
    public ImmutableArray<string> Include { get; init; } = [];

    /// <summary>Columns that are no features.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>Columns with a part in dealing rows (participant, test and validation columns): no features either.</summary>
    public ImmutableArray<string> Reserved { get; init; } = [];

    /// <summary>The column of row weights.</summary>
    public string? Weights { get; init; }

    /// <summary>What the task declares, by column.</summary>
    public ImmutableSortedDictionary<string, ColumnDeclaration> Declared { get; init; } = ImmutableSortedDictionary.Create<string, ColumnDeclaration>(StringComparer.Ordinal);

    /// <summary>
    /// Whether every participant has a file of its own: then values and classes are not gathered from the rows,
    /// because nobody but their owner may read them, and have to be declared.
    /// </summary>
    public bool AreFilesSeparate { get; init; }
}
