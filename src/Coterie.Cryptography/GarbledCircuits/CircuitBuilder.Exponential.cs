namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>The exponential function.</summary>
public sealed partial class CircuitBuilder
{
    private const int ExponentFraction = 24;          // bits of x log2(e) after the point that are looked at

    /// <summary>
    /// exp(x) of a signed word with f = <paramref name="fractionBits"/> bits after the point, in the same format: a relative error of at most 2^-20 besides one unit of the last place.
    /// x is clipped: below -(f + 1) ln 2 the result is 0, above (n - 1 - f) ln 2 nearly the largest that the format holds.
    /// </summary>
    public Word Exponential(Word x, int fractionBits)
    {
        RequireFormat(x, fractionBits, fractionBits + 2);
        int integers = x.Width - 1 - fractionBits, least = fractionBits + 1;
        // Sixteen units inside, so that rounding does not carry past the last power.
        var lower = -(long)Math.ScaleB(Ln2 * least, fractionBits) + 16;
        var upper = (long)Math.ScaleB(Ln2 * integers, fractionBits) - 16;
        if (x.Width < 64) (lower, upper) = (Math.Max(lower, -(1L << (x.Width - 1))), Math.Min(upper, (1L << (x.Width - 1)) - 1));
        var bits = 2 + System.Numerics.BitOperations.Log2((ulong)Math.Max(-lower, upper));
        var clipped = Clip(x, lower, upper).Slice(0, bits);
        // exp(x) = 2^y. The factor's rounding, 2^-31, times |x| < 2^6 stays below 2^-24.
        const int FactorFraction = 30;
        var factor = (long)Math.Round(Math.ScaleB(1 / Ln2, FactorFraction));
        var y = MultiplyConstant(clipped, factor, bits + FactorFraction + 2);
        var drop = fractionBits + FactorFraction - ExponentFraction;
        y = y.Slice(drop, y.Width - drop);
        // From here y + f + 1 >= 0: the whole part is how far the mantissa moves up.
        var whole = y.Slice(ExponentFraction, y.Width - ExponentFraction);
        var count = Add(whole, Word.Constant(least, whole.Width));
        var power = Parabolas(y.Slice(ExponentFraction - 6, 6), y.Slice(0, ExponentFraction - 6), Bit.One, MantissaFraction, (i, v) => PowerOfTwo((i + 0.5 + v) / 64));
        var stages = System.Numerics.BitOperations.Log2((uint)(integers + least)) + 1;
        return Moved(power, count.Slice(0, Math.Min(count.Width, stages)), MantissaFraction + least - fractionBits, x.Width);
    }

    private const double Ln2 = 0.6931471805599453;

    /// <summary>2^x for 0 &lt;= x &lt;= 1 by its series, with the basic operations only: the same everywhere.</summary>
    private static double PowerOfTwo(double x)
    {
        double term = 1, sum = 1;
        for (var k = 1; k < 24; k++)
        {
            term *= x * Ln2 / k;
            sum += term;
        }
        return sum;
    }
}
