using System.Collections.Immutable;

namespace Coterie.Core.Learning;

/// <summary>What every party knows about the rows: columns, target and the totals that were agreed.</summary>
/// <param name="Features">The feature columns, in order.</param>
/// <param name="Target">The target; null for clustering.</param>
public sealed record Schema(ImmutableArray<Column> Features, Column? Target)
{
    /// <summary>Training rows of all participants together; 0 until agreed.</summary>
    public long TotalRows { get; init; }

    /// <summary>For classes: training rows per value of the target, in order; empty until agreed.</summary>
    public ImmutableArray<long> ClassCounts { get; init; } = [];

    /// <summary>Largest row weight that may occur; 1 without weights.</summary>
    public double WeightBound { get; init; } = 1;

    /// <summary>Number of features.</summary>
    public int FeatureCount => Features.Length;

    /// <summary>Number of classes of the target; 0 for a numeric target.</summary>
    public int ClassCount => Target is null ? 0 : Target.Values.Length;

    /// <summary>Largest absolute feature value over all columns.</summary>
    public double FeatureBound => Features.IsEmpty ? 0 : Features.Max(c => c.Bound);

    /// <inheritdoc/>
    public bool Equals(Schema? other) =>
        other is not null && Features.SequenceEqual(other.Features) && Equals(Target, other.Target)
        && TotalRows == other.TotalRows && ClassCounts.SequenceEqual(other.ClassCounts) && WeightBound.Equals(other.WeightBound);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Features.Length, Target, TotalRows);
}
