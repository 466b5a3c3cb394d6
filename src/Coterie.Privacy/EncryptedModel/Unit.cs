using System.Numerics;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// What one step of an encrypted integer stands for: mantissa x 2^exponent, a positive number that may be far smaller than a double can be. It is
/// public and never depends on data.
/// </summary>
internal readonly record struct Unit
{
    private const int LargestExponent = 1 << 20;

    private Unit(double mantissa, int exponent) => (Mantissa, Exponent) = (mantissa, exponent);

    /// <summary>In [1, 2).</summary>
    public double Mantissa { get; }

    /// <summary>A power of two.</summary>
    public int Exponent { get; }

    /// <summary>2^exponent.</summary>
    public static Unit PowerOfTwo(int exponent) => Of(1, exponent);

    /// <summary>A positive number x 2^exponent.</summary>
    public static Unit Of(double number, int exponent = 0)
    {
        if (!(number > 0) || !double.IsFinite(number)) throw new ArgumentOutOfRangeException(nameof(number), number, "A unit is positive and finite.");
        var shift = Math.ILogB(number);
        var whole = checked(exponent + shift);
        if (Math.Abs(whole) > LargestExponent) throw new ArgumentOutOfRangeException(nameof(exponent), exponent, $"A unit's exponent is from -{LargestExponent} to {LargestExponent}.");
        return new Unit(Math.ScaleB(number, -shift), whole);
    }

    /// <summary>Such a number as a unit; false where there is none.</summary>
    public static bool TryRead(double mantissa, int exponent, out Unit unit)
    {
        var isOne = mantissa is >= 1 and < 2 && Math.Abs((long)exponent) <= LargestExponent;
        unit = isOne ? new Unit(mantissa, exponent) : default;
        return isOne;
    }

    public static Unit operator *(Unit left, Unit right) => Of(left.Mantissa * right.Mantissa, left.Exponent + right.Exponent);

    public static Unit operator /(Unit left, Unit right) => Of(left.Mantissa / right.Mantissa, left.Exponent - right.Exponent);

    /// <summary>The unit as a whole number, to the nearest, where it is at least one.</summary>
    public BigInteger Whole => Exponent >= 52
        ? new BigInteger(Math.ScaleB(Mantissa, 52)) << (Exponent - 52)
        : new BigInteger(Math.Round(Math.ScaleB(Mantissa, Exponent)));

    /// <summary>Whether this is the coarser of the two.</summary>
    public bool IsAbove(Unit other) => Exponent != other.Exponent ? Exponent > other.Exponent : Mantissa > other.Mantissa;

    /// <summary>How many units a number is, to the nearest; a double's 53 bits of it.</summary>
    public BigInteger Count(double number)
    {
        if (number == 0) return BigInteger.Zero;
        const int Exact = 60;
        var exponent = Math.ILogB(number);
        var quotient = Math.ScaleB(number, -exponent) / Mantissa;
        var shift = exponent - Exponent;
        return shift <= Exact ? new BigInteger(Math.Round(Math.ScaleB(quotient, shift))) : new BigInteger(Math.ScaleB(quotient, Exact)) << (shift - Exact);
    }

    /// <summary>What so many units are, to the nearest double or so.</summary>
    public double ValueOf(BigInteger count)
    {
        var spare = (int)Math.Max(0, BigInteger.Abs(count).GetBitLength() - 64);
        return Math.ScaleB((double)(count >> spare) * Mantissa, Exponent + spare);
    }

    /// <summary>Bits of the greatest number of units that a number of at most <paramref name="bound"/> can be.</summary>
    public int BitsFor(double bound) => bound == 0 ? 1 : (int)BigInteger.Abs(Count(bound)).GetBitLength() + 1;
}
