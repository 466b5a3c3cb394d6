namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Reciprocals and roots: normalise, parabolas on 64 or 128 segments of the mantissa, move back. The relative error is at most 2^-20
/// (<see cref="RelativeErrorBits"/>), and rounding down to the format adds up to one unit of the last place.
/// </summary>
public sealed partial class CircuitBuilder
{
    /// <summary>Reciprocal, roots and exponential err by at most 2^-20 of their value, besides the last place.</summary>
    public const int RelativeErrorBits = 20;

    private const int MantissaFraction = 24;      // bits after the point of what the parabolas give: their rounding stays below 2^-21
    private const int SegmentBits = 7;            // 128 segments: parabolas err by less than 2^-23 on [1, 2)
    private const int WithinBits = 17;            // the mantissa's bits below the segment's: 2^-24 of the mantissa

    /// <summary>
    /// 1/x of a positive signed word with f = <paramref name="fractionBits"/> bits after the point, in the same format. Other x give some number and no sign of it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">2f is above n - 2: the reciprocal of the smallest number would not fit.</exception>
    public Word Reciprocal(Word x, int fractionBits)
    {
        RequireFormat(x, fractionBits, 2 * fractionBits);
        // X = z 2^(m - 1 - c) with z in [1, 2): 2^2f / X = (1/z) 2^(2f - m + 1 + c).
        var (mantissa, zeros) = Normalize(Padded(x.Slice(0, x.Width - 1)));
        var (index, within) = Split(mantissa);
        var inverse = Parabolas(index, within, Bit.One, MantissaFraction, (i, v) => 1 / Mantissa(i, v, SegmentBits));
        return Moved(inverse, zeros, mantissa.Width - 1 - (2 * fractionBits) + MantissaFraction, x.Width);
    }

    /// <summary>The square root of a signed word that is not negative, in its format; of 0 it is 0.</summary>
    public Word SquareRoot(Word x, int fractionBits)
    {
        RequireFormat(x, fractionBits, fractionBits);
        // X 2^f = z 2^(m - 1 + f - c); m is chosen such that m - 1 + f is odd: then the exponent is odd where c is even, and the halved exponent loses c >> 1.
        var (mantissa, zeros) = Normalize(OfParity(x.Slice(0, x.Width - 1), fractionBits % 2 == 0 ? 0 : 1));
        var (index, within) = Split(mantissa);
        var odd = new Word([!zeros[0]]);
        var root = Parabolas(index.Slice(1, SegmentBits - 1).Below(odd), within.Below(index.Slice(0, 1)), mantissa.Sign, MantissaFraction,
            (i, v) => Math.Sqrt(Mantissa(i % (1 << (SegmentBits - 1)), v, SegmentBits - 1) * (i >> (SegmentBits - 1) == 0 ? 1 : 2)));
        var places = ((mantissa.Width - 2 + fractionBits) / 2) - MantissaFraction;
        var unsigned = root.Slice(0, MantissaFraction + 1);
        var raised = places > 0 ? Word.Constant(0, places).Below(unsigned) : unsigned.Slice(-places, unsigned.Width + places);
        return ShiftRight(raised, zeros.Slice(1, zeros.Width - 1)).ToUnsigned(x.Width);
    }

    /// <summary>1/sqrt(x) of a positive signed word, in its format. Other x give some number and no sign of it.</summary>
    public Word InverseSquareRoot(Word x, int fractionBits)
    {
        RequireFormat(x, fractionBits, (3 * fractionBits / 2) + 1);
        // 2^(3f/2) / sqrt(X) = (z 2^p)^(-1/2) 2^((3f - m + 1 + c + p) / 2); with 3f - m + 1 odd, p = 1 where c is even.
        var (mantissa, zeros) = Normalize(OfParity(x.Slice(0, x.Width - 1), fractionBits % 2 == 0 ? 0 : 1));
        var (index, within) = Split(mantissa);
        var even = new Word([!zeros[0]]);
        var root = Parabolas(index.Slice(1, SegmentBits - 1).Below(even), within.Below(index.Slice(0, 1)), Bit.One, MantissaFraction,
            (i, v) => 1 / Math.Sqrt(Mantissa(i % (1 << (SegmentBits - 1)), v, SegmentBits - 1) * (i >> (SegmentBits - 1) == 0 ? 1 : 2)));
        return Moved(root, zeros.Slice(1, zeros.Width - 1), MantissaFraction - (((3 * fractionBits) - mantissa.Width + 2) / 2), x.Width);
    }

    private static double Mantissa(int segment, double v, int bits) => 1 + ((segment + 0.5 + v) / (1 << bits));

    /// <summary>The segment, and the place within it, of a mantissa whose highest bit is 1.</summary>
    private static (Word Index, Word Within) Split(Word mantissa) =>
        (mantissa.Slice(mantissa.Width - 1 - SegmentBits, SegmentBits), mantissa.Slice(mantissa.Width - 1 - SegmentBits - WithinBits, WithinBits));

    /// <summary>value 2^(count - places), rounded down; value is not negative and below 2^(1 + <see cref="MantissaFraction"/>).</summary>
    private Word Moved(Word value, Word count, int places, int width)
    {
        var room = Math.Max(MantissaFraction + 1, width - 1 + Math.Max(0, places));
        var raised = value.Slice(0, MantissaFraction + 1).ToUnsigned(room);
        if (places < 0) raised = raised.ShiftLeft(-places);
        var moved = ShiftLeft(raised, count);
        return moved.Slice(Math.Max(0, places), width - 1).ToUnsigned(width);
    }

    /// <summary>Zeros above, where a word is too narrow for the bits that a mantissa is split into.</summary>
    private static Word Padded(Word word) => word.ToUnsigned(Math.Max(word.Width, SegmentBits + WithinBits + 1));

    private static Word OfParity(Word word, int parity)
    {
        var padded = Padded(word);
        return padded.Width % 2 == parity ? padded : padded.ToUnsigned(padded.Width + 1);
    }

    private static void RequireFormat(Word x, int fractionBits, int resultBits)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(fractionBits, 1);
        if (resultBits > x.Width - 2)
            throw new ArgumentOutOfRangeException(nameof(fractionBits), $"{fractionBits} bits after the point of {x.Width}: results need {resultBits} bits and a sign.");
    }
}
