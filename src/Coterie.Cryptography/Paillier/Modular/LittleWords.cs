using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Numbers as little-endian 64-bit words: the few operations that are not worth lanes. Time and addresses depend on lengths only.
/// Arithmetic modulo 2^64 is meant throughout this file.
/// </summary>
internal static class LittleWords
{
    /// <summary>target = x - y when x is at least y and otherwise x, for numbers of equal lengths; 1 where it was subtracted.</summary>
    /// <param name="x">The number; may be the target.</param>
    /// <param name="above">What stands above x's highest word: 0 or 1. A difference is taken when it is 1.</param>
    /// <param name="y">What is taken away at most once.</param>
    /// <param name="target">x or the difference.</param>
    public static ulong SubtractOnce(ReadOnlySpan<ulong> x, ulong above, ReadOnlySpan<ulong> y, Span<ulong> target)
    {
        unchecked
        {
            var borrow = 0UL;
            for (var i = 0; i < y.Length; i++)
                borrow = BorrowOf(x[i], y[i], borrow);
            var take = above | (borrow ^ 1);
            var mask = 0 - take;
            borrow = 0;
            for (var i = 0; i < y.Length; i++)
            {
                var (word, less) = (x[i], y[i] & mask);
                target[i] = word - less - borrow;
                borrow = BorrowOf(word, less, borrow);
            }
            return take;
        }
    }

    /// <summary>x doubled in place; the bit that left at the top.</summary>
    public static ulong Double(Span<ulong> x, ulong carry = 0)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var next = x[i] >> 63;
            x[i] = (x[i] << 1) | carry;
            carry = next;
        }
        return carry;
    }

    /// <summary>x + small in place; the carry.</summary>
    public static ulong Add(Span<ulong> x, ulong small)
    {
        unchecked
        {
            for (var i = 0; i < x.Length; i++)
            {
                x[i] += small;
                small = LessThan(x[i], small);
            }
            return small;
        }
    }

    /// <summary>target = x y + addend, of as many words as x and y have together; the addend has at most as many.</summary>
    public static void MultiplyAdd(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, ReadOnlySpan<ulong> addend, Span<ulong> target)
    {
        unchecked
        {
            target = target[..(x.Length + y.Length)];
            target[..y.Length].Clear();
            for (var i = 0; i < x.Length; i++)
            {
                var (factor, carry) = (x[i], 0UL);
                var row = target.Slice(i, y.Length);
                for (var j = 0; j < y.Length; j++)
                {
                    var high = Math.BigMul(factor, y[j], out var low);
                    var sum = low + carry;
                    high += CarryOf(low, carry, sum);
                    var word = row[j] + sum;
                    carry = high + CarryOf(row[j], sum, word);
                    row[j] = word;
                }
                // Nothing was written there yet.
                target[i + y.Length] = carry;
            }
            var over = 0UL;
            for (var i = 0; i < addend.Length; i++)
            {
                var (word, more) = (target[i], addend[i]);
                target[i] = word + more + over;
                over = CarryOf(word, more, target[i]);
            }
            Add(target[addend.Length..], over);
        }
    }

    /// <summary>-1/odd modulo 2^64 (Newton; every step doubles the bits that are right).</summary>
    public static ulong NegatedInverse(ulong odd)
    {
        unchecked
        {
            var inverse = odd;              // right modulo 8
            for (var i = 0; i < 5; i++) inverse *= 2 - (odd * inverse);
            return 0 - inverse;
        }
    }

    /// <summary>The pair (u, v) of 2^exponent modulo n^2, u + n v with both below n.</summary>
    public static void PowerOfTwo(int exponent, ReadOnlySpan<ulong> n, Span<ulong> u, Span<ulong> v)
    {
        u.Clear();
        v.Clear();
        u[0] = 1;
        for (var i = 0; i < exponent; i++)
        {
            var over = SubtractOnce(u, Double(u), n, u);
            // Below 2n - 1 before the carry of u, so that one subtraction is enough.
            SubtractOnce(v, Double(v, over), n, v);
        }
    }

    /// <summary>The bits from <paramref name="offset"/> on, at most 63 of them.</summary>
    public static ulong Bits(ReadOnlySpan<ulong> x, int offset, int count)
    {
        var (word, shift) = (offset >> 6, offset & 63);
        if (word >= x.Length) return 0;
        var bits = x[word] >> shift;
        if (shift + count > 64 && word + 1 < x.Length) bits |= x[word + 1] << (64 - shift);
        return bits & ((1UL << count) - 1);
    }

    /// <summary>x = n - x, or 0 for 0, for x below n.</summary>
    public static void Negate(Span<ulong> x, ReadOnlySpan<ulong> n)
    {
        unchecked
        {
            var (any, borrow) = (0UL, 0UL);
            foreach (var word in x) any |= word;
            var mask = 0 - ((any | (0 - any)) >> 63);
            for (var i = 0; i < x.Length; i++)
            {
                var (minuend, word) = (n[i], x[i]);
                x[i] = (minuend - word - borrow) & mask;
                borrow = BorrowOf(minuend, word, borrow);
            }
        }
    }

    /// <summary>Whether x is below n; the same time whatever they are.</summary>
    public static bool IsBelow(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> n)
    {
        var borrow = 0UL;
        for (var i = 0; i < n.Length; i++) borrow = BorrowOf(x[i], n[i], borrow);
        return borrow != 0;
    }

    /// <summary>The words as an integer; for set-up and edges, never for secrets in a loop.</summary>
    public static BigInteger ToBigInteger(ReadOnlySpan<ulong> words) => new(MemoryMarshal.AsBytes(words), isUnsigned: true);

    /// <summary>A non-negative integer as words, the rest zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or does not fit.</exception>
    public static void FromBigInteger(BigInteger value, Span<ulong> words)
    {
        words.Clear();
        if (value.Sign < 0 || !value.TryWriteBytes(MemoryMarshal.AsBytes(words), out _, isUnsigned: true))
            throw new ArgumentOutOfRangeException(nameof(value), "The number is negative or has too many words.");
    }

    /// <summary>Zeroes words that held a secret.</summary>
    public static void Zero(Span<ulong> words) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));

    /// <summary>1 where x is less than y, without a branch.</summary>
    private static ulong LessThan(ulong x, ulong y) => unchecked(((~x & y) | ((~x | y) & (x - y))) >> 63);

    /// <summary>What x + y, or x + y + 1, carried into the next word, for their sum modulo 2^64.</summary>
    private static ulong CarryOf(ulong x, ulong y, ulong sum) => ((x & y) | ((x | y) & ~sum)) >> 63;

    /// <summary>The borrow of x - y - borrow.</summary>
    private static ulong BorrowOf(ulong x, ulong y, ulong borrow) =>
        unchecked(((~x & y) | ((~x | y) & (x - y - borrow))) >> 63);
}
