namespace Coterie.Core.Numerics;

/// <summary>
/// Signed fixed point in Z_2^64: a real v is the ring element round(v * 2^FractionBits) mod 2^64. The encoder refuses
/// what does not fit, so a sum of at most 2^HeadroomBits encoded values decodes to their exact sum.
/// </summary>
/// <param name="FractionBits">Bits after the binary point; may be negative when values are huge. A value is kept to 2^-(FractionBits + 1).</param>
/// <param name="Bound">Largest absolute value the encoder accepts, at least the smallest positive number.</param>
public readonly record struct FixedPoint(int FractionBits, double Bound)
{
    /// <summary>
    /// The finest format in which <paramref name="summands"/> values of at most <paramref name="bound"/> add without overflow.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not a finite positive number, or there are no summands.</exception>
    public static FixedPoint For(double bound, int summands)
    {
        if (!(bound > 0) || !double.IsFinite(bound))
            throw new ArgumentOutOfRangeException(nameof(bound), bound, "A bound is a finite positive number.");
        ArgumentOutOfRangeException.ThrowIfLessThan(summands, 1);
        var valueBits = Math.ILogB(bound) + 1;                       // bound < 2^valueBits
        var headroomBits = 32 - int.LeadingZeroCount(summands);      // summands < 2^headroomBits, and room for rounding
        return new FixedPoint(63 - valueBits - headroomBits, bound);
    }

    /// <summary>Encodes into ring elements.</summary>
    /// <exception cref="ValueOutOfRangeException">A value is NaN, infinite or beyond <see cref="Bound"/>; the index says which.</exception>
    public void Encode(ReadOnlySpan<double> values, Span<ulong> destination)
    {
        // The slack covers values that reach the bound up to rounding of their own computation.
        var limit = Bound * (1 + 1e-9);
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (!(Math.Abs(value) <= limit)) throw new ValueOutOfRangeException(i, value, Bound);
            destination[i] = unchecked((ulong)(long)Math.Round(Math.ScaleB(value, FractionBits)));
        }
    }

    /// <summary>Decodes ring elements (sums included).</summary>
    public void Decode(ReadOnlySpan<ulong> values, Span<double> destination)
    {
        for (var i = 0; i < values.Length; i++)
            destination[i] = Math.ScaleB(unchecked((long)values[i]), -FractionBits);
    }
}
