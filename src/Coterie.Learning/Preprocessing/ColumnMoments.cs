using System.Collections.Immutable;

namespace Coterie.Learning.Preprocessing;

/// <summary>Mean and standard deviation of every column over the cells that are present; one entry per feature.</summary>
/// <param name="Counts">Cells present.</param>
/// <param name="Means">Means; 0 where cells are no numbers.</param>
/// <param name="Spreads">No cell is further from the mean; a power of two up to rounding.</param>
/// <param name="Deviations">Population standard deviations; 0 where the column is constant, empty, or not a number.</param>
public sealed record ColumnMoments(
    ImmutableArray<double> Counts, ImmutableArray<double> Means, ImmutableArray<double> Spreads, ImmutableArray<double> Deviations);
