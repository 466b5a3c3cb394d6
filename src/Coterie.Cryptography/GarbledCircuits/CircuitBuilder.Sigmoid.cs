namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>The logistic function.</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>Fraction bits that <see cref="Sigmoid"/> gives and needs.</summary>
    public const int SigmoidFractionBits = 13;

    private const int SigmoidIntegerBits = 3;         // [0, 8): beyond, the limit is nearer than 2^-10
    private const int SigmoidSegmentBits = 5;         // segments of a quarter
    private const int SigmoidOffsetBits = 6;          // the place in a segment, in units of 2^-8; lower bits of x are not looked at
    private const int SigmoidSlopeBits = 6;           // slopes in units of 2^-8
    private const int SigmoidLimit = 4090;            // 1/2 - 6 * 2^-13

    /// <summary>
    /// Slopes (units of 2^-8), and values at the left end (units of 2^-13) of sigmoid - 1/2 on quarters of [0, 8). Found by search: among whole slopes and values those
    /// that keep both this side and its mirror image, which is 2^-13 lower, within 2^-10, ones that never fall from a segment to the next. Of the widths of segments (1/2 to 1/8),
    /// slopes, offsets and values that allow it these need the fewest conjunctions.
    /// </summary>
    private static ReadOnlySpan<long> SigmoidSlopes =>
        [63, 62, 58, 53, 48, 41, 35, 30, 24, 20, 16, 13, 10, 8, 6, 5, 4, 3, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<long> SigmoidValues =>
    [
        7, 513, 1009, 1474, 1895, 2277, 2607, 2886, 3124, 3318, 3477, 3606, 3710, 3792, 3858, 3908,
        3949, 3982, 4006, 4024, 4040, 4056, 4064, 4071, 4078, 4087, 4087, 4087, SigmoidLimit, SigmoidLimit, SigmoidLimit, SigmoidLimit,
    ];

    /// <summary>
    /// 1 / (1 + exp(-x)) of a signed word with <paramref name="fractionBits"/> bits after the point, in the same format: an error below 2^-10 on the whole line, never falling, within
    /// [0, 1). Straight pieces on quarters up to 8.
    /// </summary>
    /// <remarks>
    /// x and -1 - x differ in every bit and give results that differ in every one of the 13 bits: one side is computed, and mirroring it costs nothing.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Fraction bits below 13, or no integer bits.</exception>
    public Word Sigmoid(Word x, int fractionBits)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(fractionBits, SigmoidFractionBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fractionBits, x.Width - 2);
        var magnitude = InvertIf(x.Sign, x).ToUnsigned(Math.Max(x.Width, fractionBits + SigmoidIntegerBits));
        var whole = fractionBits + SigmoidIntegerBits;
        var large = whole < x.Width - 1 ? Any(magnitude.Slice(whole, x.Width - 1 - whole)) : Bit.Zero;
        var lines = Decode(magnitude.Slice(whole - SigmoidSegmentBits, SigmoidSegmentBits), !large);
        var offset = magnitude.Slice(whole - SigmoidSegmentBits - SigmoidOffsetBits, SigmoidOffsetBits);
        // Units of 2^-16; the value's are 2^-13.
        var product = MultiplyUnsigned(Lookup(lines, SigmoidSlopes, SigmoidSlopeBits), offset);
        var rise = product.Slice(3, product.Width - 3).ToUnsigned(SigmoidFractionBits - 1);
        var start = Xor(Lookup(lines, SigmoidValues, SigmoidFractionBits - 1), And(large, Word.Constant(SigmoidLimit, SigmoidFractionBits - 1)));
        var above = InvertIf(x.Sign, Add(start, rise));
        var lowest = fractionBits - SigmoidFractionBits;
        return Word.Build(x.Width, i => i < lowest || i >= fractionBits ? Bit.Zero : i == fractionBits - 1 ? !x.Sign : above[i - lowest]);
    }
}
