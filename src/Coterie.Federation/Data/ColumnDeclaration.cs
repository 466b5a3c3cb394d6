using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Data;

/// <summary>What a task declares about one column; public to all parties.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type; null leaves it to the data.</param>
public sealed record ColumnDeclaration(string Name, ColumnType? Type = null)
{
    /// <summary>The values of a categorical column or the classes of a target, in order; empty leaves them to the data.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>Smallest value that may occur; NaN without a range.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>Largest value that may occur; NaN without a range.</summary>
    public double Maximum { get; init; } = double.NaN;

    /// <summary>Whether a range is declared.</summary>
    public bool HasRange => !double.IsNaN(Minimum);

    /// <inheritdoc/>
    public bool Equals(ColumnDeclaration? other) =>
        other is not null && Name == other.Name && Type == other.Type && Values.SequenceEqual(other.Values)
        && Minimum.Equals(other.Minimum) && Maximum.Equals(other.Maximum);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Values.Length, Minimum, Maximum);
}
