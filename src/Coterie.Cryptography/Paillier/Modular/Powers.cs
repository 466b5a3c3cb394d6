using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>Powers modulo n^2 with a base and an exponent of its own per lane.</summary>
internal static class Powers
{
    /// <summary>
    /// Left to right with fixed windows: for exponents of so many bits, whatever their values, the same products and, when hardened, the same addresses.
    /// </summary>
    /// <param name="engine">The modulus.</param>
    /// <param name="bases">A block of pairs.</param>
    /// <param name="exponents">Per lane so many words, little-endian.</param>
    /// <param name="words">Words of an exponent.</param>
    /// <param name="bits">Bits of an exponent that count; with 0 the power is 1.</param>
    /// <param name="hardened">Whether tables are read whole.</param>
    /// <param name="result">A block of pairs; may be the bases.</param>
    public static void Raise(
        ModularEngine engine, ReadOnlySpan<ulong> bases, ReadOnlySpan<ulong> exponents, int words, int bits, bool hardened, Span<ulong> result)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        if (bits == 0)
        {
            engine.One.CopyTo(result);
            return;
        }
        var window = WindowFor(bits);
        var length = engine.PairLength;
        var table = new ulong[length << window];
        var (power, factor) = (new ulong[length], new ulong[length]);
        var digits = new long[engine.Lanes];
        engine.One.CopyTo(table);
        bases.CopyTo(table.AsSpan(length));
        for (var e = 2; e < 1 << window; e++)
        {
            var entry = table.AsSpan(e * length, length);
            if ((e & 1) == 0) engine.SquarePairs(table.AsSpan(e / 2 * length, length), entry);
            else engine.MultiplyPairs(table.AsSpan((e - 1) * length, length), bases, entry);
        }
        var highest = ((bits + window - 1) / window) - 1;
        for (var i = highest; i >= 0; i--)
        {
            for (var lane = 0; lane < digits.Length; lane++) digits[lane] = (long)LittleWords.Bits(exponents.Slice(lane * words, words), i * window, Math.Min(window, bits - (i * window)));
            engine.Select(table, shared: false, digits, hardened, i == highest ? power : factor);
            if (i == highest) continue;
            for (var s = 0; s < window; s++) engine.SquarePairs(power, power);
            engine.MultiplyPairs(power, factor, power);
        }
        power.CopyTo(result);
        LittleWords.Zero(table);
        LittleWords.Zero(power);
        LittleWords.Zero(factor);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits.AsSpan()));
    }

    /// <summary>One exponent for all lanes; unless hardened, time and addresses tell it.</summary>
    public static void RaiseAll(ModularEngine engine, ReadOnlySpan<ulong> bases, ReadOnlySpan<ulong> exponent, int bits, bool hardened, Span<ulong> result)
    {
        if (!hardened)
        {
            RaiseOpenly(engine, bases, exponent, bits, result);
            return;
        }
        var exponents = new ulong[exponent.Length * engine.Lanes];
        for (var lane = 0; lane < engine.Lanes; lane++) exponent.CopyTo(exponents.AsSpan(lane * exponent.Length));
        Raise(engine, bases, exponents, exponent.Length, bits, hardened, result);
        LittleWords.Zero(exponents);
    }

    /// <summary>Left to right with windows that begin and end with a one, and odd powers only (Menezes, van Oorschot, Vanstone, algorithm 14.85).</summary>
    private static void RaiseOpenly(ModularEngine engine, ReadOnlySpan<ulong> bases, ReadOnlySpan<ulong> exponent, int bits, Span<ulong> result)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        var (window, length) = (WindowFor(bits), engine.PairLength);
        // Odd powers: that of 2 i + 1 is the i-th.
        var (table, power, isOne) = (new ulong[length << (window - 1)], engine.One.ToArray(), true);
        bases[..length].CopyTo(table);
        engine.SquarePairs(bases, power);
        for (var e = 1; e < 1 << (window - 1); e++) engine.MultiplyPairs(table.AsSpan((e - 1) * length, length), power, table.AsSpan(e * length, length));
        engine.One.CopyTo(power);
        for (var i = bits - 1; i >= 0;)
        {
            var low = Math.Max(0, i - window + 1);
            var digit = LittleWords.Bits(exponent, low, i - low + 1);
            if (digit >> (i - low) == 0) digit = 0;
            var zeros = digit == 0 ? 0 : BitOperations.TrailingZeroCount(digit);
            var width = digit == 0 ? 1 : i - low + 1 - zeros;
            for (var s = 0; s < width && !isOne; s++) engine.SquarePairs(power, power);
            i -= width;
            if (digit == 0) continue;
            var factor = table.AsSpan((int)(digit >> zeros >> 1) * length, length);
            if (isOne) factor.CopyTo(power);
            else engine.MultiplyPairs(power, factor, power);
            isOne = false;
        }
        power.CopyTo(result);
        LittleWords.Zero(table);
        LittleWords.Zero(power);
    }

    /// <summary>The window with the fewest products: 2^w for the table, bits/w besides the squares.</summary>
    private static int WindowFor(int bits) => bits switch { <= 8 => 2, <= 64 => 3, <= 200 => 4, <= 1400 => 5, _ => 6 };
}
