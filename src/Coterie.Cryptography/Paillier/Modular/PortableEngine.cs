using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// The engine for processors without vectors that are worth it: one number at a time, limbs of 57 bits in 64-bit words. A sum of products needs no
/// carries then: the sum of their upper parts, from bit 57 on, fits a word, and so does that of their lower parts, which the sum of the products'
/// lower words tells once the upper parts' is known. That takes two multiplications a product and is faster than one with its carries.
/// </summary>
internal sealed class PortableEngine : LimbEngine
{
    private const int LimbBits = 57;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    /// <summary>So many upper parts below 2^57 are below 2^64 in all.</summary>
    private const int MaximumLimbs = 128;

    private ulong _negatedInverse;
    private readonly ulong[] _modulus;
    private readonly ulong[] _offset;           // a multiple of n above R; each limb, what it lacks borrowed from the next, holds any limb
    private readonly ulong[] _lift;             // 64 n
    private readonly ulong[] _secondLift;       // 65 n - 64

    public PortableEngine(ReadOnlySpan<ulong> modulus) : base(modulus, LimbBits, 1, MaximumLimbs)
    {
        _negatedInverse = LittleWords.NegatedInverse(modulus[0]) & LimbMask;
        _modulus = ModulusBlock();
        _lift = new ulong[Limbs];
        for (var i = 0; i < 6; i++) AddSingles(i == 0 ? _modulus : _lift, i == 0 ? _modulus : _lift, _lift);
        _secondLift = new ulong[Limbs];
        AddSingles(_lift, _modulus, _secondLift);
        var less = new ulong[Limbs];
        less[0] = 64;
        Subtract(_secondLift, less, new ulong[Limbs], _secondLift);
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

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => Subtract(x, y, _lift, z);

    public override void SubtractPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        Subtract(x, y, _lift, z);
        // What lifts u by 64 n has to be taken from v: n times 64. v is lifted by 65 n, so that this does not take it below zero.
        Subtract(x[Limbs..], y[Limbs..], _secondLift, z[Limbs..]);
    }

    public override void Dispose()
    {
        _negatedInverse = 0;
        LittleWords.Zero(_modulus);
        LittleWords.Zero(_offset);
        LittleWords.Zero(_lift);
        LittleWords.Zero(_secondLift);
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

    /// <summary>z = x - y + lift, which is not below zero.</summary>
    private void Subtract(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, ReadOnlySpan<ulong> lift, Span<ulong> z)
    {
        var carry = 0L;
        for (var i = 0; i < Limbs; i++)
        {
            var sum = (long)(x[i] + lift[i]) - (long)y[i] + carry;
            z[i] = unchecked((ulong)sum) & LimbMask;
            carry = sum >> LimbBits;
        }
    }

    /// <summary>
    /// The sum of so many products of limbs of one number, going up, with limbs of another, going down: sum(x y) = 2^57 high + sum(x y mod 2^57) for
    /// high = sum(x y / 2^57), rounded down, where the last sum is below 2^64 and known modulo 2^64.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe UInt128 Dot(ulong* up, ulong* down, int count)
    {
        unchecked
        {
            ulong low0 = 0, high0 = 0, low1 = 0, high1 = 0;
            for (var last = up + count - 1; up < last; up += 2, down -= 2)
            {
                low0 += up[0] * down[0];
                high0 += High(up[0], down[0]);
                low1 += up[1] * down[-1];
                high1 += High(up[1], down[-1]);
            }
            if ((count & 1) != 0)
            {
                low0 += up[0] * down[0];
                high0 += High(up[0], down[0]);
            }
            high0 += high1;
            return ((UInt128)high0 << LimbBits) + (low0 + low1 - (high0 << LimbBits));
        }
    }

    /// <summary>x y / 2^57, rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong x, ulong y) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x << (64 - LimbBits), y)
        : ArmBase.Arm64.IsSupported ? ArmBase.Arm64.MultiplyHigh(x << (64 - LimbBits), y)
        : Math.BigMul(x << (64 - LimbBits), y, out _);

    /// <summary>Products of pairs, whose second halves begin at <paramref name="second"/>, or of singles where that is 0.</summary>
    [SkipLocalsInit]
    private unsafe void Multiply(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int second)
    {
        unchecked
        {
            var quotients = stackalloc ulong[x.Length];
            var product = stackalloc ulong[x.Length];
            fixed (ulong* ux = x, uy = y, n = _modulus)
            {
                UInt128 first = 0, next = 0;
                for (var k = 0; k < 2 * Limbs; k++)
                {
                    var low = Math.Max(0, k - Limbs + 1);
                    var count = Math.Min(k, Limbs - 1) - low + 1;
                    first = Reduce(k, low, count, first + Dot(ux + low, uy + k - low, count), quotients, product, n);
                    if (second == 0) continue;
                    next += Dot(ux + low, uy + second + k - low, count) + Dot(ux + second + low, uy + k - low, count);
                    if (k < Limbs) next += _offset[k] - quotients[k];
                    next = Reduce(k, low, count, next, quotients + second, product + second, n);
                }
            }
            new ReadOnlySpan<ulong>(product, x.Length).CopyTo(z);
        }
    }

    /// <summary>Squares, likewise.</summary>
    [SkipLocalsInit]
    private unsafe void Square(ReadOnlySpan<ulong> x, Span<ulong> z, int second)
    {
        unchecked
        {
            var quotients = stackalloc ulong[x.Length];
            var product = stackalloc ulong[x.Length];
            fixed (ulong* u = x, n = _modulus)
            {
                UInt128 first = 0, next = 0;
                for (var k = 0; k < 2 * Limbs; k++)
                {
                    var low = Math.Max(0, k - Limbs + 1);
                    var count = Math.Min(k, Limbs - 1) - low + 1;
                    // Those off the middle of the column once, doubled; the middle, where there is one, as it is.
                    first += Dot(u + low, u + k - low, count / 2) << 1;
                    if ((count & 1) != 0) first += Math.BigMul(u[k / 2], u[k / 2]);
                    first = Reduce(k, low, count, first, quotients, product, n);
                    if (second == 0) continue;
                    next += Dot(u + low, u + second + k - low, count) << 1;
                    if (k < Limbs) next += _offset[k] - quotients[k];
                    next = Reduce(k, low, count, next, quotients + second, product + second, n);
                }
            }
            new ReadOnlySpan<ulong>(product, x.Length).CopyTo(z);
        }
    }

    /// <summary>Clears a column of the lower half by a multiple of the modulus, or writes one of the upper half; what is carried.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe UInt128 Reduce(int k, int low, int count, UInt128 sum, ulong* quotients, ulong* product, ulong* n)
    {
        unchecked
        {
            if (k >= Limbs)
            {
                sum += Dot(quotients + low, n + k - low, count);
                product[k - Limbs] = (ulong)sum & LimbMask;
                return sum >> LimbBits;
            }
            sum += Dot(quotients, n + k, k);
            quotients[k] = ((ulong)sum * _negatedInverse) & LimbMask;
            return (sum + Math.BigMul(quotients[k], n[0])) >> LimbBits;
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
