using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Four numbers side by side in 256-bit vectors, limbs of 51 bits. These fused multiply-adds round to nearest: fma(a, b, 2^103) is 2^103 plus the
/// nearest multiple of 2^51 to the product, and fma(a, b, 2^103 + 1.5 2^52 - that) is 1.5 2^52 plus what is left, between -2^50 and 2^50, exactly.
/// A column takes at most 2^10 products.
/// </summary>
/// <remarks>
/// There are no conversions between doubles and 64-bit integers: the bits of 2^52 or 1.5 2^52 plus an integer hold it. There is no arithmetic
/// shift either: 2^63 is added, and what it turned into is taken away after a logical one.
/// </remarks>
internal readonly struct Avx2Columns : IColumnKernel
{
    private const double UpperBase = 10141204801825835211973625643008d;     // 2^103
    private const double LowerBase = 6755399441055744d;                     // 1.5 2^52
    private const double IntegerBase = 4503599627370496d;                   // 2^52
    private const long UpperBias = 0x4660_0000_0000_0000;                   // the bits of 2^103
    private const long LowerBias = 0x4338_0000_0000_0000;                   // the bits of 1.5 2^52
    private const long IntegerBias = 0x4330_0000_0000_0000;                 // the bits of 2^52
    private const long LimbMask = (1L << LimbWidth) - 1;
    private const long Shifted = 1L << (63 - LimbWidth);                    // 2^63 after a shift by a limb
    private const int LimbWidth = 51;
    private const int Group = 6;                                           // limbs of an entry that are chosen at once
    private const int Width = 4;
    private const int TileBytes = 3 * Width * sizeof(double);

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Lanes => Width;

    public static int LimbBits => LimbWidth;

    public static int Tile => 3;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Step(ref ColumnStep step)
    {
        Vector256<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        fixed (TileRun* runs = &step.First)
        {
            for (var run = runs; run < runs + 3; run++)
            {
                var (up, down) = ((nint)run->Up, (nint)run->Down);
                for (var tiles = run->Count; tiles > 0; tiles--)
                {
                    Vector256<double> b0 = Limb(down, 0), b1 = Limb(down, 1), b2 = Limb(down, 2);
                    var x = Limb(up, 0);
                    Product(ref s0, ref s1, x, b0);
                    Product(ref s1, ref s2, x, b1);
                    Product(ref s2, ref s3, x, b2);
                    x = Limb(up, 1);
                    Product(ref s1, ref s2, x, b0);
                    Product(ref s2, ref s3, x, b1);
                    Product(ref s3, ref s4, x, b2);
                    x = Limb(up, 2);
                    Product(ref s2, ref s3, x, b0);
                    Product(ref s3, ref s4, x, b1);
                    Product(ref s4, ref s5, x, b2);
                    up += TileBytes;
                    down -= TileBytes;
                }
                if (run != runs) continue;
                if (step.Doubled)
                {
                    s0 += s0;
                    s1 += s1;
                    s2 += s2;
                    s3 += s3;
                    s4 += s4;
                    s5 += s5;
                }
                s0 += Vector256.Load(step.Carried + (0 * Width));
                s1 += Vector256.Load(step.Carried + (1 * Width));
                s2 += Vector256.Load(step.Carried + (2 * Width));
                if (step.Offset == null) continue;
                s0 += Vector256.Create(step.Offset[0]) - Integers(Limb((nint)step.Less, 0));
                s1 += Vector256.Create(step.Offset[1]) - Integers(Limb((nint)step.Less, 1));
                s2 += Vector256.Create(step.Offset[2]) - Integers(Limb((nint)step.Less, 2));
            }
        }
        var added = (step.Doubled ? 2 * step.First.Count : step.First.Count) + step.Second.Count + step.Third.Count;
        s0 -= Vector256.Create(Bias(0, added));
        s1 -= Vector256.Create(Bias(1, added));
        s2 -= Vector256.Create(Bias(2, added));
        s3 -= Vector256.Create(Bias(3, added));
        s4 -= Vector256.Create(Bias(4, added));
        s5 -= Vector256.Create(Bias(5, added));
        if (step.Emit)
        {
            Settle(s0).Store(step.Target + (0 * Width));
            s1 += ShiftRightArithmetic(s0);
            Settle(s1).Store(step.Target + (1 * Width));
            s2 += ShiftRightArithmetic(s1);
            Settle(s2).Store(step.Target + (2 * Width));
            s3 += ShiftRightArithmetic(s2);
        }
        else
        {
            Vector256<double> n0 = Limb((nint)step.Modulus, 0), n1 = Limb((nint)step.Modulus, 1), n2 = Limb((nint)step.Modulus, 2);
            var inverse = Vector256.Create(step.NegatedInverse);
            var half = Half(n0);
            s1 -= Vector256.Create(ReductionBias(1));
            s2 -= Vector256.Create(ReductionBias(2));
            s3 -= Vector256.Create(ReductionBias(3));
            var q = Quotient(s0, inverse);
            q.Store(step.Target + (0 * Width));
            s1 += Carry(s0, half) + Upper(q, n0);
            Product(ref s1, ref s2, q, n1);
            Product(ref s2, ref s3, q, n2);
            q = Quotient(s1, inverse);
            q.Store(step.Target + (1 * Width));
            s2 += Carry(s1, half) + Upper(q, n0);
            Product(ref s2, ref s3, q, n1);
            Product(ref s3, ref s4, q, n2);
            q = Quotient(s2, inverse);
            q.Store(step.Target + (2 * Width));
            s3 += Carry(s2, half) + Upper(q, n0);
            Product(ref s3, ref s4, q, n1);
            Product(ref s4, ref s5, q, n2);
            s4 -= Vector256.Create(ReductionBias(4));
            s5 -= Vector256.Create(ReductionBias(5));
        }
        s3.Store(step.Carried + (0 * Width));
        s4.Store(step.Carried + (1 * Width));
        s5.Store(step.Carried + (2 * Width));
    }

    public static void AddLimbs(ref double x, ref double y, double sign, ReadOnlySpan<long> offset, ref double z, int limbs)
    {
        var carry = Vector256<long>.Zero;
        for (var i = 0; i < limbs; i++)
        {
            var sum = Integers(Limb(ref x, i)) + Integers(Limb(ref y, i) * Vector256.Create(sign)) + carry;
            if (i < offset.Length) sum += Vector256.Create(offset[i]);
            Settle(sum).StoreUnsafe(ref z, (nuint)(i * Width));
            carry = ShiftRightArithmetic(sum);
        }
    }

    public static void Scan(ref double table, int blocks, bool shared, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        if (shared) ScanShared(ref table, blocks, digits, ref block, limbs);
        else ScanOwn(ref table, blocks, digits, ref block, limbs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScanOwn(ref double table, int blocks, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        var wanted = Vector256.Create(digits);
        for (var first = 0; first < limbs; first += Group)
        {
            Vector256<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            ref var entry = ref Unsafe.Add(ref table, first * Width);
            for (var b = 0L; b < blocks; b++)
            {
                var mask = Vector256.Equals(wanted, Vector256.Create(b));
                s0 |= mask & Limb(ref entry, 0).AsInt64();
                s1 |= mask & Limb(ref entry, 1).AsInt64();
                s2 |= mask & Limb(ref entry, 2).AsInt64();
                s3 |= mask & Limb(ref entry, 3).AsInt64();
                s4 |= mask & Limb(ref entry, 4).AsInt64();
                s5 |= mask & Limb(ref entry, 5).AsInt64();
                entry = ref Unsafe.Add(ref entry, limbs * Width);
            }
            ref var target = ref Unsafe.Add(ref block, first * Width);
            s0.AsDouble().StoreUnsafe(ref target);
            s1.AsDouble().StoreUnsafe(ref target, 1 * Width);
            s2.AsDouble().StoreUnsafe(ref target, 2 * Width);
            s3.AsDouble().StoreUnsafe(ref target, 3 * Width);
            s4.AsDouble().StoreUnsafe(ref target, 4 * Width);
            s5.AsDouble().StoreUnsafe(ref target, 5 * Width);
        }
    }

    /// <summary>Loads do not depend on digits: those choose inside registers, by permutations that take the same time whatever they do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScanShared(ref double table, int blocks, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        var wanted = Vector256.ShiftRightLogical(Vector256.Create(digits), 2);
        // A double is two halves: 2 d and 2 d + 1 for the digit's lowest two bits d.
        var lower = (Vector256.Create(digits) & Vector256.Create(3L)) << 1;
        var halves = (lower | ((lower + Vector256<long>.One) << 32)).AsInt32();
        for (var first = 0; first < limbs; first += Group)
        {
            Vector256<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            ref var entry = ref Unsafe.Add(ref table, first * Width);
            for (var b = 0L; b < blocks; b++)
            {
                var mask = Vector256.Equals(wanted, Vector256.Create(b));
                s0 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 0).AsInt32(), halves).AsInt64();
                s1 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 1).AsInt32(), halves).AsInt64();
                s2 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 2).AsInt32(), halves).AsInt64();
                s3 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 3).AsInt32(), halves).AsInt64();
                s4 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 4).AsInt32(), halves).AsInt64();
                s5 |= mask & Avx2.PermuteVar8x32(Limb(ref entry, 5).AsInt32(), halves).AsInt64();
                entry = ref Unsafe.Add(ref entry, limbs * Width);
            }
            ref var target = ref Unsafe.Add(ref block, first * Width);
            s0.AsDouble().StoreUnsafe(ref target);
            s1.AsDouble().StoreUnsafe(ref target, 1 * Width);
            s2.AsDouble().StoreUnsafe(ref target, 2 * Width);
            s3.AsDouble().StoreUnsafe(ref target, 3 * Width);
            s4.AsDouble().StoreUnsafe(ref target, 4 * Width);
            s5.AsDouble().StoreUnsafe(ref target, 5 * Width);
        }
    }

    public static int Pick(ref double table, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        var whole = limbs - (limbs % Width);
        ref var e0 = ref Unsafe.Add(ref table, (nint)digits[0] * limbs);
        ref var e1 = ref Unsafe.Add(ref table, (nint)digits[1] * limbs);
        ref var e2 = ref Unsafe.Add(ref table, (nint)digits[2] * limbs);
        ref var e3 = ref Unsafe.Add(ref table, (nint)digits[3] * limbs);
        for (var i = 0; i < whole; i += Width)
        {
            const byte LowHalves = 0x20, HighHalves = 0x31;
            var (a, b) = (Vector256.LoadUnsafe(ref e0, (nuint)i), Vector256.LoadUnsafe(ref e1, (nuint)i));
            var (c, d) = (Vector256.LoadUnsafe(ref e2, (nuint)i), Vector256.LoadUnsafe(ref e3, (nuint)i));
            var (evenAb, oddAb) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
            var (evenCd, oddCd) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
            ref var target = ref Unsafe.Add(ref block, i * Width);
            Avx.Permute2x128(evenAb, evenCd, LowHalves).StoreUnsafe(ref target);
            Avx.Permute2x128(oddAb, oddCd, LowHalves).StoreUnsafe(ref target, Width);
            Avx.Permute2x128(evenAb, evenCd, HighHalves).StoreUnsafe(ref target, 2 * Width);
            Avx.Permute2x128(oddAb, oddCd, HighHalves).StoreUnsafe(ref target, 3 * Width);
        }
        return whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<double> Limb(nint limbs, int i) => Vector256.Load((double*)limbs + (i * Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Limb(ref double limbs, int i) => Vector256.LoadUnsafe(ref limbs, (nuint)(i * Width));

    /// <summary>Limbs, or their negatives, as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Integers(Vector256<double> limbs) => (limbs + Vector256.Create(LowerBase)).AsInt64() - Vector256.Create(LowerBias);

    /// <summary>A column's lower bits as a limb.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Settle(Vector256<long> sum) =>
        ((sum & Vector256.Create(LimbMask)) | Vector256.Create(IntegerBias)).AsDouble() - Vector256.Create(IntegerBase);

    /// <summary>A column's upper bits, sign and all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> ShiftRightArithmetic(Vector256<long> sum) =>
        Vector256.ShiftRightLogical(sum + Vector256.Create(long.MinValue), LimbWidth) - Vector256.Create(Shifted);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(ref Vector256<long> lower, ref Vector256<long> upper, Vector256<double> a, Vector256<double> b)
    {
        var high = Fma.MultiplyAdd(a, b, Vector256.Create(UpperBase));
        var low = Fma.MultiplyAdd(a, b, Vector256.Create(UpperBase + LowerBase) - high);
        upper += high.AsInt64();
        lower += low.AsInt64();
    }

    /// <summary>The upper half of a product, biased.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Upper(Vector256<double> a, Vector256<double> b) => Fma.MultiplyAdd(a, b, Vector256.Create(UpperBase)).AsInt64();

    /// <summary>The limb, not negative, whose product with the modulus' lowest limb clears the sum's lower bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Quotient(Vector256<long> sum, Vector256<double> negatedInverse)
    {
        var limb = Settle(sum);
        var high = Fma.MultiplyAdd(limb, negatedInverse, Vector256.Create(UpperBase));
        return Settle(Fma.MultiplyAdd(limb, negatedInverse, Vector256.Create(UpperBase + LowerBase) - high).AsInt64());
    }

    /// <summary>
    /// What is carried, plus <see cref="Shifted"/>, once the quotient has cleared the sum's lower bits: the product's lower half takes the sum to the
    /// nearest multiple of 2^51. Where two are as near, the quotient is 2^50 and the upper half was rounded to even, so that the lowest limb's
    /// second bit tells which.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Carry(Vector256<long> sum, Vector256<long> half) => Vector256.ShiftRightLogical(sum + half, LimbWidth);

    /// <summary>2^63 + 2^50, less one where sums halfway between multiples of 2^51 are rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Half(Vector256<double> lowestLimb)
    {
        var second = Vector256.ShiftRightLogical((lowestLimb + Vector256.Create(IntegerBase)).AsInt64(), 1) & Vector256<long>.One;
        return Vector256.Create(unchecked(long.MinValue + (1L << (LimbWidth - 1)))) - second;
    }

    /// <summary>What column c of so many tiles holds too much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Bias(int c, nint tiles) =>
        unchecked(tiles * (((c < Tile ? c + 1 : (2 * Tile) - 1 - c) * LowerBias) + ((c <= Tile ? c : (2 * Tile) - c) * UpperBias)));

    /// <summary>
    /// The same of a reduction's own tile, of which the lower halves of the products with the lowest limb are not added, and of the carry from the
    /// column below.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ReductionBias(int c) => unchecked(Bias(c, 1) - (c < Tile ? LowerBias : 0) + (c is >= 1 and <= 3 ? Shifted : 0));
}
