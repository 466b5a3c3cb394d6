using System.Runtime.CompilerServices;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The engine for processors without vectors that are worth it: one number at a time, limbs of 59 bits in 64-bit words. With five bits less than a
/// word has, a column of products fits two words; that costs an eighth more products than whole words would, and a fifth less time.
/// </summary>
internal sealed class PortableEngine : LimbEngine
{
    private const int LimbBits = 59;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    /// <summary>Three products per limb, each below 2^118, stay below 2^128 in a column.</summary>
    private const int MaximumLimbs = 340;

    private readonly ulong _negatedInverse;
    private readonly ulong[] _modulus;
    private readonly ulong[] _offset;           // a multiple of n above R; each limb, what it lacks borrowed from the next, holds any limb
    private readonly ulong[] _lift;             // 64 n

    public PortableEngine(ReadOnlySpan<ulong> modulus) : base(modulus, LimbBits, 1, MaximumLimbs)
    {
        _negatedInverse = LittleWords.NegatedInverse(modulus[0]) & LimbMask;
        _modulus = ModulusBlock();
        _lift = new ulong[Limbs];
        for (var i = 0; i < 6; i++) AddSingles(i == 0 ? _modulus : _lift, i == 0 ? _modulus : _lift, _lift);
        _offset = OffsetOf(RadixModuloN);
        Prepare();
    }

    public override int Lanes => 1;

    public override void MultiplyPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        Multiply(x[..PairLength], y[..PairLength], z[..PairLength], Limbs);

    public override void SquarePairs(ReadOnlySpan<ulong> x, Span<ulong> z) => Square(x[..PairLength], z[..PairLength], Limbs);

    public override void MultiplySingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) =>
        Multiply(x[..SingleLength], y[..SingleLength], z[..SingleLength], 0);

    public override void SquareSingles(ReadOnlySpan<ulong> x, Span<ulong> z) => Square(x[..SingleLength], z[..SingleLength], 0);

    public override void AddSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        var carry = 0UL;
        for (var i = 0; i < Limbs; i++)
        {
            var sum = x[i] + y[i] + carry;
            z[i] = sum & LimbMask;
            carry = sum >> LimbBits;
        }
    }

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        var carry = 0L;
        for (var i = 0; i < Limbs; i++)
        {
            var sum = (long)(x[i] + _lift[i]) - (long)y[i] + carry;
            z[i] = unchecked((ulong)sum) & LimbMask;
            carry = sum >> LimbBits;
        }
    }

    public override void Dispose()
    {
        LittleWords.Zero(_modulus);
        LittleWords.Zero(_offset);
        LittleWords.Zero(_lift);
        base.Dispose();
    }

    protected override void Encode(Span<ulong> limbs)
    {
    }

    protected override void Decode(Span<ulong> block)
    {
    }

    protected override void Scan(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, Span<ulong> pairs)
    {
        pairs.Clear();
        for (var e = 0; e * PairLength < table.Length; e++)
        {
            var different = (ulong)digits[0] ^ (ulong)e;
            var mask = unchecked(((different | (0 - different)) >> 63) - 1);
            var entry = table.Slice(e * PairLength, pairs.Length);
            for (var i = 0; i < pairs.Length; i++) pairs[i] |= entry[i] & mask;
        }
    }

    /// <summary>The sum of so many products of limbs of x, going up, with limbs of y, going down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static UInt128 Dot(ref ulong x, ref ulong y, int count)
    {
        unchecked
        {
            UInt128 even = 0, odd = 0;
            for (; count > 1; count -= 2)
            {
                even += Math.BigMul(x, y);
                odd += Math.BigMul(Unsafe.Add(ref x, 1), Unsafe.Subtract(ref y, 1));
                x = ref Unsafe.Add(ref x, 2);
                y = ref Unsafe.Subtract(ref y, 2);
            }
            if (count > 0) even += Math.BigMul(x, y);
            return even + odd;
        }
    }

    /// <summary>Products of pairs, whose second halves begin at <paramref name="second"/>, or of singles where that is 0.</summary>
    [SkipLocalsInit]
    private void Multiply(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int second)
    {
        unchecked
        {
            Span<ulong> quotients = stackalloc ulong[x.Length];
            Span<ulong> product = stackalloc ulong[x.Length];
            UInt128 first = 0, next = 0;
            for (var k = 0; k < 2 * Limbs; k++)
            {
                first = Reduce(k, first + Column(k, x, y), quotients, product);
                if (second == 0) continue;
                next += Column(k, x, y[second..]) + Column(k, x[second..], y);
                if (k < Limbs) next += _offset[k] - quotients[k];
                next = Reduce(k, next, quotients[second..], product[second..]);
            }
            product.CopyTo(z);
        }
    }

    /// <summary>Squares, likewise.</summary>
    [SkipLocalsInit]
    private void Square(ReadOnlySpan<ulong> x, Span<ulong> z, int second)
    {
        unchecked
        {
            Span<ulong> quotients = stackalloc ulong[x.Length];
            Span<ulong> product = stackalloc ulong[x.Length];
            UInt128 first = 0, next = 0;
            for (var k = 0; k < 2 * Limbs; k++)
            {
                first = Reduce(k, first + SquareColumn(k, x), quotients, product);
                if (second == 0) continue;
                next += Column(k, x, x[second..]) << 1;
                if (k < Limbs) next += _offset[k] - quotients[k];
                next = Reduce(k, next, quotients[second..], product[second..]);
            }
            product.CopyTo(z);
        }
    }

    /// <summary>Clears a column of the lower half by a multiple of the modulus, or writes one of the upper half; what is carried.</summary>
    private UInt128 Reduce(int k, UInt128 sum, Span<ulong> quotients, Span<ulong> product)
    {
        unchecked
        {
            if (k >= Limbs)
            {
                sum += Column(k, quotients, _modulus);
                product[k - Limbs] = (ulong)sum & LimbMask;
                return sum >> LimbBits;
            }
            sum += Dot(ref quotients[0], ref Unsafe.Add(ref _modulus[0], k), k);
            quotients[k] = ((ulong)sum * _negatedInverse) & LimbMask;
            return (sum + Math.BigMul(quotients[k], _modulus[0])) >> LimbBits;
        }
    }

    /// <summary>The products that fall on column k of a product.</summary>
    private UInt128 Column(int k, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        var low = Math.Max(0, k - Limbs + 1);
        var count = Math.Min(k, Limbs - 1) - low + 1;
        return count > 0 ? Dot(ref Unsafe.AsRef(in x[low]), ref Unsafe.AsRef(in y[k - low]), count) : 0;
    }

    /// <summary>The same of a square: those off the middle once, doubled; the middle, where there is one, as it is.</summary>
    private UInt128 SquareColumn(int k, ReadOnlySpan<ulong> x)
    {
        unchecked
        {
            var low = Math.Max(0, k - Limbs + 1);
            var count = Math.Min(k, Limbs - 1) - low + 1;
            if (count <= 0) return 0;
            var sum = Dot(ref Unsafe.AsRef(in x[low]), ref Unsafe.AsRef(in x[k - low]), count / 2) << 1;
            return (count & 1) == 0 ? sum : sum + Math.BigMul(x[k / 2], x[k / 2]);
        }
    }

    /// <summary>R + n - (R mod n), of which each limb but the highest borrows a unit from the next: no quotient, being below R, takes one below zero.</summary>
    private ulong[] OffsetOf(ReadOnlySpan<ulong> remainder)
    {
        unchecked
        {
            var offset = new ulong[Limbs];
            var carry = 0L;
            for (var i = 0; i < Limbs; i++)
            {
                var sum = (long)_modulus[i] - (long)LittleWords.Bits(remainder, i * LimbBits, LimbBits) + carry;
                offset[i] = (ulong)sum & LimbMask;
                carry = sum >> LimbBits;
            }
            // n is not less than the remainder, so that nothing is carried here; this is R.
            offset[^1] += 1UL << LimbBits;
            for (var i = 0; i < Limbs - 1; i++)
            {
                offset[i] += 1UL << LimbBits;
                offset[i + 1]--;
            }
            return offset;
        }
    }
}
