using System.Collections.Immutable;

namespace Coterie.Core.Learning;

/// <summary>What a column holds.</summary>
public enum ColumnType
{
    /// <summary>A number (<c>num</c>).</summary>
    Numeric,

    /// <summary>0 or 1 (<c>bin</c>).</summary>
    Binary,

    /// <summary>One of a list of values (<c>cat</c>); cells hold the value's 0-based index.</summary>
    Categorical,

    /// <summary>Free text (<c>text</c>); no learner takes it as it is.</summary>
    Text,
}

/// <summary>A column of the agreed schema, with the public facts about its values.</summary>
public sealed record Column(string Name, ColumnType Type = ColumnType.Numeric)
{
    /// <summary>The values of a categorical column or the classes of a target, in order.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>Smallest value that may occur; NaN until agreed or declared.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>Largest value that may occur; NaN until agreed or declared.</summary>
    public double Maximum { get; init; } = double.NaN;

    /// <summary>Upper bound on the root of the mean square over all training rows; NaN where unknown. Tightens bounds of sums.</summary>
    public double RootMeanSquare { get; init; } = double.NaN;

    /// <summary>Whether the task declared the range, so that a value outside is the data's fault.</summary>
    public bool IsRangeDeclared { get; init; }

    /// <summary>Largest absolute value that may occur; NaN until the range is known.</summary>
    public double Bound => Math.Max(Math.Abs(Minimum), Math.Abs(Maximum));

    /// <summary>Bound on the root of the mean square: <see cref="RootMeanSquare"/> where known, else <see cref="Bound"/>.</summary>
    public double MeanBound => double.IsNaN(RootMeanSquare) ? Bound : Math.Min(RootMeanSquare, Bound);

    /// <inheritdoc/>
    public bool Equals(Column? other) =>
        other is not null && Name == other.Name && Type == other.Type && Values.SequenceEqual(other.Values)
        && Minimum.Equals(other.Minimum) && Maximum.Equals(other.Maximum) && RootMeanSquare.Equals(other.RootMeanSquare)
        && IsRangeDeclared == other.IsRangeDeclared;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Values.Length, Minimum, Maximum);
}
