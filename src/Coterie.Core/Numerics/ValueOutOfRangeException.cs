namespace Coterie.Core.Numerics;

/// <summary>A value does not fit the agreed fixed-point range.</summary>
public sealed class ValueOutOfRangeException(int index, double value, double bound)
    : ArgumentException($"The value at position {index} is {value:R}; the agreed range is [-{bound:R}, {bound:R}].")
{
    /// <summary>0-based position in the encoded span.</summary>
    public int Index { get; } = index;

    /// <summary>The offending value.</summary>
    public double Value { get; } = value;

    /// <summary>Largest absolute value accepted.</summary>
    public double Bound { get; } = bound;
}
