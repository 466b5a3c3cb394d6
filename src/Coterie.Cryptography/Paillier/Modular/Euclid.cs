using System.Numerics;
using System.Runtime.InteropServices;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The extended Euclidean algorithm for numbers that are no secrets, with quotients found out from leading bits and applied to the numbers some thirty
/// bits' worth at a time (Lehmer; Knuth, "The Art of Computer Programming", volume 2, section 4.5.2, algorithm L; with the condition of
/// Collins, "Lecture notes on arithmetic algorithms", 1980).
/// </summary>
internal ref struct Euclid
{
    private const int WordBits = 32;

    /// <summary>Entries of matrices are below this: two products with words, and what is carried, fit a signed integer.</summary>
    private const ulong Limit = 1UL << 30;

    // Remainders r, s and what they are multiples of: r = t x, s = u x modulo n, where t and u are without their signs. That of u is here, t's is the other.
    private Span<uint> _r;
    private Span<uint> _s;
    private Span<uint> _t;
    private Span<uint> _u;
    private int _length;
    private int _cofactorLength;
    private bool _isNegative;

    private Euclid(ReadOnlySpan<ulong> n, ReadOnlySpan<ulong> x, bool withInverse)
    {
        _r = MemoryMarshal.Cast<ulong, uint>(n.ToArray().AsSpan());
        _s = MemoryMarshal.Cast<ulong, uint>(x.ToArray().AsSpan());
        _length = _r.Length;
        if (!withInverse) return;
        _t = new uint[_length];
        _u = new uint[_length];
        _u[0] = 1;
        _cofactorLength = 1;
    }

    /// <summary>1/x modulo n, and whether there is one: whether they are coprime.</summary>
    /// <param name="x">Less than n, of as many words.</param>
    /// <param name="n">Little-endian.</param>
    /// <param name="inverse">As many words; or empty, where only the answer matters.</param>
    public static bool TryInvert(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> n, Span<ulong> inverse)
    {
        var run = new Euclid(n, x, !inverse.IsEmpty);
        while (run.Advance())
        {
        }
        if (run._r[0] != 1 || run._r[1..].ContainsAnyExcept(0U)) return false;
        if (inverse.IsEmpty) return true;
        run._t.CopyTo(MemoryMarshal.Cast<ulong, uint>(inverse));
        if (!run._isNegative) LittleWords.Negate(inverse, n);
        return true;
    }

    /// <summary>Takes some steps; false when there is nothing left to divide by.</summary>
    private bool Advance()
    {
        while (_r[_length - 1] == 0) _length--;
        if (!_s[.._length].ContainsAnyExcept(0U)) return false;
        var shift = BitOperations.LeadingZeroCount(_r[_length - 1]);
        var steps = Steps.Of(Leading(_r, shift), Leading(_s, shift), isWhole: _length <= 2);
        if (steps.B == 0)
        {
            Divide();
            return true;
        }
        // After an odd number of steps the signs are the others.
        if (steps.IsOdd) Reduce(_r[.._length], _s[.._length], -steps.A, steps.B, steps.C, -steps.D);
        else Reduce(_r[.._length], _s[.._length], steps.A, -steps.B, -steps.C, steps.D);
        _isNegative ^= steps.IsOdd;
        if (_cofactorLength > 0) Accumulate(steps);
        return true;
    }

    /// <summary>The bits of x where r's highest 64 are.</summary>
    private readonly ulong Leading(ReadOnlySpan<uint> x, int shift)
    {
        if (_length == 1) return x[0];
        var two = ((ulong)x[_length - 1] << WordBits) | x[_length - 2];
        return _length == 2 || shift == 0 ? two : (two << shift) | (x[_length - 3] >> (WordBits - shift));
    }

    /// <summary>r, s = a r + b s, c r + d s, neither below zero.</summary>
    private static void Reduce(Span<uint> r, Span<uint> s, long a, long b, long c, long d)
    {
        unchecked
        {
            var (first, second) = (0L, 0L);
            for (var i = 0; i < r.Length && i < s.Length; i++)
            {
                long left = r[i], right = s[i];
                first += (a * left) + (b * right);
                second += (c * left) + (d * right);
                (r[i], s[i]) = ((uint)first, (uint)second);
                first >>= WordBits;
                second >>= WordBits;
            }
        }
    }

    /// <summary>t, u = a t + b u, c t + d u.</summary>
    private void Accumulate(Steps steps)
    {
        unchecked
        {
            var (a, b, c, d) = ((ulong)steps.A, (ulong)steps.B, (ulong)steps.C, (ulong)steps.D);
            var t = _t[.._cofactorLength];
            var u = _u[.._cofactorLength];
            var (first, second) = (0UL, 0UL);
            for (var i = 0; i < t.Length && i < u.Length; i++)
            {
                ulong left = t[i], right = u[i];
                first += (a * left) + (b * right);
                second += (c * left) + (d * right);
                (t[i], u[i]) = ((uint)first, (uint)second);
                first >>= WordBits;
                second >>= WordBits;
            }
            if ((first | second) == 0) return;
            // They stay at most n, so that there is room for what is carried.
            (_t[_cofactorLength], _u[_cofactorLength]) = ((uint)first, (uint)second);
            _cofactorLength++;
        }
    }

    /// <summary>A step by itself, whose quotient has many bits: hardly ever needed.</summary>
    private void Divide()
    {
        var (quotient, rest) = BigInteger.DivRem(Number(_r), Number(_s));
        Exchange(ref _r, ref _s, rest);
        _isNegative = !_isNegative;
        if (_cofactorLength == 0) return;
        Exchange(ref _t, ref _u, Number(_t) + (quotient * Number(_u)));
        _cofactorLength = _u.Length;
    }

    /// <summary>The second number takes the first one's place, and what comes next its own.</summary>
    private static void Exchange(ref Span<uint> first, ref Span<uint> second, BigInteger next)
    {
        var free = first;
        first = second;
        second = free;
        LittleWords.FromBigInteger(next, MemoryMarshal.Cast<uint, ulong>(second));
    }

    private static BigInteger Number(ReadOnlySpan<uint> words) => new(MemoryMarshal.AsBytes(words), isUnsigned: true);

    /// <summary>Several steps as one matrix without signs, which alternate: r, s become a r - b s, d s - c r, or the negatives after an odd number of steps. b = 0: none.</summary>
    private readonly record struct Steps(long A, long B, long C, long D, bool IsOdd)
    {
        /// <summary>Those that leading bits settle, or all when they are the whole numbers.</summary>
        public static Steps Of(ulong r, ulong s, bool isWhole)
        {
            unchecked
            {
                ulong a = 1, b = 0, c = 0, d = 1;
                var isOdd = false;
                while (s != 0)
                {
                    var quotient = r / s;
                    if (quotient >= Limit) break;
                    var rest = r - (quotient * s);
                    var (nextC, nextD) = (a + (quotient * c), b + (quotient * d));
                    if ((nextC | nextD) >= Limit) break;
                    // What was cut off changes remainders by no more than these: the quotient is that of the whole numbers.
                    if (!isWhole && (rest < nextD || s - rest < d + nextD)) break;
                    (a, b, c, d) = (c, d, nextC, nextD);
                    (r, s) = (s, rest);
                    isOdd = !isOdd;
                }
                return new Steps((long)a, (long)b, (long)c, (long)d, isOdd);
            }
        }
    }
}
