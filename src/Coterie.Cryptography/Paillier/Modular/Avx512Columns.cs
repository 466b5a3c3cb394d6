using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Eight numbers side by side in 512-bit vectors, limbs of 52 bits. With rounding towards zero, fma(a, b, 2^104) is 2^104 plus the upper half of
/// the product, exactly, and fma(a, b, 2^104 + 2^52 - that) is 2^52 plus the lower half. A column takes at most 2^10 products.
/// </summary>
internal readonly struct Avx512Columns : IColumnKernel
{
    private const double UpperBase = 20282409603651670423947251286016d;     // 2^104
    private const double LowerBase = 4503599627370496d;                     // 2^52
    private const long UpperBias = 0x4670_0000_0000_0000;                   // the bits of 2^104
    private const long LowerBias = 0x4330_0000_0000_0000;                   // the bits of 2^52
    private const long LimbMask = (1L << LimbWidth) - 1;
    private const int LimbWidth = 52;
    private const int Group = 10;                                           // limbs of an entry that are chosen at once
    private const int Width = 8;
    private const int TileBytes = 5 * Width * sizeof(double);

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Lanes => Width;

    public static int LimbBits => LimbWidth;

    public static int Tile => 5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Step(ref ColumnStep step)
    {
        Vector512<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
        fixed (TileRun* runs = &step.First)
        {
            for (var run = runs; run < runs + 3; run++)
            {
                var (up, down) = ((nint)run->Up, (nint)run->Down);
                for (var tiles = run->Count; tiles > 0; tiles--)
                {
                    Vector512<double> b0 = Limb(down, 0), b1 = Limb(down, 1), b2 = Limb(down, 2), b3 = Limb(down, 3), b4 = Limb(down, 4);
                    var x = Limb(up, 0);
                    Product(ref s0, ref s1, x, b0);
                    Product(ref s1, ref s2, x, b1);
                    Product(ref s2, ref s3, x, b2);
                    Product(ref s3, ref s4, x, b3);
                    Product(ref s4, ref s5, x, b4);
                    x = Limb(up, 1);
                    Product(ref s1, ref s2, x, b0);
                    Product(ref s2, ref s3, x, b1);
                    Product(ref s3, ref s4, x, b2);
                    Product(ref s4, ref s5, x, b3);
                    Product(ref s5, ref s6, x, b4);
                    x = Limb(up, 2);
                    Product(ref s2, ref s3, x, b0);
                    Product(ref s3, ref s4, x, b1);
                    Product(ref s4, ref s5, x, b2);
                    Product(ref s5, ref s6, x, b3);
                    Product(ref s6, ref s7, x, b4);
                    x = Limb(up, 3);
                    Product(ref s3, ref s4, x, b0);
                    Product(ref s4, ref s5, x, b1);
                    Product(ref s5, ref s6, x, b2);
                    Product(ref s6, ref s7, x, b3);
                    Product(ref s7, ref s8, x, b4);
                    x = Limb(up, 4);
                    Product(ref s4, ref s5, x, b0);
                    Product(ref s5, ref s6, x, b1);
                    Product(ref s6, ref s7, x, b2);
                    Product(ref s7, ref s8, x, b3);
                    Product(ref s8, ref s9, x, b4);
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
                    s6 += s6;
                    s7 += s7;
                    s8 += s8;
                    s9 += s9;
                }
                s0 += Column(step.Carried, 0);
                s1 += Column(step.Carried, 1);
                s2 += Column(step.Carried, 2);
                s3 += Column(step.Carried, 3);
                s4 += Column(step.Carried, 4);
                if (step.Offset == null) continue;
                s0 += Vector512.Create(step.Offset[0]) - Avx512DQ.ConvertToVector512Int64(Limb((nint)step.Less, 0));
                s1 += Vector512.Create(step.Offset[1]) - Avx512DQ.ConvertToVector512Int64(Limb((nint)step.Less, 1));
                s2 += Vector512.Create(step.Offset[2]) - Avx512DQ.ConvertToVector512Int64(Limb((nint)step.Less, 2));
                s3 += Vector512.Create(step.Offset[3]) - Avx512DQ.ConvertToVector512Int64(Limb((nint)step.Less, 3));
                s4 += Vector512.Create(step.Offset[4]) - Avx512DQ.ConvertToVector512Int64(Limb((nint)step.Less, 4));
            }
        }
        var added = (step.Doubled ? 2 * step.First.Count : step.First.Count) + step.Second.Count + step.Third.Count;
        s0 -= Vector512.Create(Bias(0, added));
        s1 -= Vector512.Create(Bias(1, added));
        s2 -= Vector512.Create(Bias(2, added));
        s3 -= Vector512.Create(Bias(3, added));
        s4 -= Vector512.Create(Bias(4, added));
        s5 -= Vector512.Create(Bias(5, added));
        s6 -= Vector512.Create(Bias(6, added));
        s7 -= Vector512.Create(Bias(7, added));
        s8 -= Vector512.Create(Bias(8, added));
        s9 -= Vector512.Create(Bias(9, added));
        if (step.Emit)
        {
            Settle(s0).Store(step.Target + (0 * Width));
            s1 += Avx512F.ShiftRightArithmetic(s0, LimbWidth);
            Settle(s1).Store(step.Target + (1 * Width));
            s2 += Avx512F.ShiftRightArithmetic(s1, LimbWidth);
            Settle(s2).Store(step.Target + (2 * Width));
            s3 += Avx512F.ShiftRightArithmetic(s2, LimbWidth);
            Settle(s3).Store(step.Target + (3 * Width));
            s4 += Avx512F.ShiftRightArithmetic(s3, LimbWidth);
            Settle(s4).Store(step.Target + (4 * Width));
            s5 += Avx512F.ShiftRightArithmetic(s4, LimbWidth);
        }
        else
        {
            Vector512<double> n0 = Limb((nint)step.Modulus, 0), n1 = Limb((nint)step.Modulus, 1), n2 = Limb((nint)step.Modulus, 2), n3 = Limb((nint)step.Modulus, 3), n4 = Limb((nint)step.Modulus, 4);
            var inverse = Vector512.Create(step.NegatedInverse);
            s1 -= Vector512.Create(ReductionBias(1));
            s2 -= Vector512.Create(ReductionBias(2));
            s3 -= Vector512.Create(ReductionBias(3));
            s4 -= Vector512.Create(ReductionBias(4));
            var q = Quotient(s0, inverse);
            q.Store(step.Target + (0 * Width));
            s1 += Carry(s0) + Upper(q, n0);
            Product(ref s1, ref s2, q, n1);
            Product(ref s2, ref s3, q, n2);
            Product(ref s3, ref s4, q, n3);
            Product(ref s4, ref s5, q, n4);
            q = Quotient(s1, inverse);
            q.Store(step.Target + (1 * Width));
            s2 += Carry(s1) + Upper(q, n0);
            Product(ref s2, ref s3, q, n1);
            Product(ref s3, ref s4, q, n2);
            Product(ref s4, ref s5, q, n3);
            Product(ref s5, ref s6, q, n4);
            q = Quotient(s2, inverse);
            q.Store(step.Target + (2 * Width));
            s3 += Carry(s2) + Upper(q, n0);
            Product(ref s3, ref s4, q, n1);
            Product(ref s4, ref s5, q, n2);
            Product(ref s5, ref s6, q, n3);
            Product(ref s6, ref s7, q, n4);
            q = Quotient(s3, inverse);
            q.Store(step.Target + (3 * Width));
            s4 += Carry(s3) + Upper(q, n0);
            Product(ref s4, ref s5, q, n1);
            Product(ref s5, ref s6, q, n2);
            Product(ref s6, ref s7, q, n3);
            Product(ref s7, ref s8, q, n4);
            q = Quotient(s4, inverse);
            q.Store(step.Target + (4 * Width));
            s5 += Carry(s4) + Upper(q, n0);
            Product(ref s5, ref s6, q, n1);
            Product(ref s6, ref s7, q, n2);
            Product(ref s7, ref s8, q, n3);
            Product(ref s8, ref s9, q, n4);
            s5 -= Vector512.Create(ReductionBias(5));
            s6 -= Vector512.Create(ReductionBias(6));
            s7 -= Vector512.Create(ReductionBias(7));
            s8 -= Vector512.Create(ReductionBias(8));
            s9 -= Vector512.Create(ReductionBias(9));
        }
        s5.Store(step.Carried + (0 * Width));
        s6.Store(step.Carried + (1 * Width));
        s7.Store(step.Carried + (2 * Width));
        s8.Store(step.Carried + (3 * Width));
        s9.Store(step.Carried + (4 * Width));
    }

    public static void AddLimbs(ref double x, ref double y, double sign, ReadOnlySpan<long> offset, ref double z, int limbs)
    {
        var carry = Vector512<long>.Zero;
        for (var i = 0; i < limbs; i++)
        {
            var sum = Avx512DQ.ConvertToVector512Int64(Limb(ref x, i) + (Limb(ref y, i) * Vector512.Create(sign))) + carry;
            if (i < offset.Length) sum += Vector512.Create(offset[i]);
            Avx512DQ.ConvertToVector512Double(sum & Vector512.Create(LimbMask)).StoreUnsafe(ref z, (nuint)(i * Width));
            carry = Avx512F.ShiftRightArithmetic(sum, LimbWidth);
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
        var wanted = Vector512.Create(digits);
        for (var first = 0; first < limbs; first += Group)
        {
            Vector512<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
            ref var entry = ref Unsafe.Add(ref table, first * Width);
            for (var b = 0L; b < blocks; b++)
            {
                var mask = Vector512.Equals(wanted, Vector512.Create(b));
                s0 |= mask & Limb(ref entry, 0).AsInt64();
                s1 |= mask & Limb(ref entry, 1).AsInt64();
                s2 |= mask & Limb(ref entry, 2).AsInt64();
                s3 |= mask & Limb(ref entry, 3).AsInt64();
                s4 |= mask & Limb(ref entry, 4).AsInt64();
                s5 |= mask & Limb(ref entry, 5).AsInt64();
                s6 |= mask & Limb(ref entry, 6).AsInt64();
                s7 |= mask & Limb(ref entry, 7).AsInt64();
                s8 |= mask & Limb(ref entry, 8).AsInt64();
                s9 |= mask & Limb(ref entry, 9).AsInt64();
                entry = ref Unsafe.Add(ref entry, limbs * Width);
            }
            ref var target = ref Unsafe.Add(ref block, first * Width);
            s0.AsDouble().StoreUnsafe(ref target);
            s1.AsDouble().StoreUnsafe(ref target, 1 * Width);
            s2.AsDouble().StoreUnsafe(ref target, 2 * Width);
            s3.AsDouble().StoreUnsafe(ref target, 3 * Width);
            s4.AsDouble().StoreUnsafe(ref target, 4 * Width);
            s5.AsDouble().StoreUnsafe(ref target, 5 * Width);
            s6.AsDouble().StoreUnsafe(ref target, 6 * Width);
            s7.AsDouble().StoreUnsafe(ref target, 7 * Width);
            s8.AsDouble().StoreUnsafe(ref target, 8 * Width);
            s9.AsDouble().StoreUnsafe(ref target, 9 * Width);
        }
    }

    /// <summary>Loads do not depend on digits: those choose inside registers, by permutations that take the same time whatever they do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScanShared(ref double table, int blocks, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        var wanted = Vector512.Create(digits);
        var pairs = Vector512.ShiftRightLogical(wanted, 4);
        for (var first = 0; first < limbs; first += Group)
        {
            Vector512<long> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
            ref var entry = ref Unsafe.Add(ref table, first * Width);
            for (var b = 0; b < blocks; b += 2)
            {
                // Two blocks, sixteen entries, a permutation; of a last one alone none of the upper eight is wanted.
                var mask = Vector512.Equals(pairs, Vector512.Create(b / 2L));
                var next = b + 1 < blocks ? limbs * Width : 0;
                s0 |= mask & Chosen(ref entry, 0, wanted, next);
                s1 |= mask & Chosen(ref entry, 1, wanted, next);
                s2 |= mask & Chosen(ref entry, 2, wanted, next);
                s3 |= mask & Chosen(ref entry, 3, wanted, next);
                s4 |= mask & Chosen(ref entry, 4, wanted, next);
                s5 |= mask & Chosen(ref entry, 5, wanted, next);
                s6 |= mask & Chosen(ref entry, 6, wanted, next);
                s7 |= mask & Chosen(ref entry, 7, wanted, next);
                s8 |= mask & Chosen(ref entry, 8, wanted, next);
                s9 |= mask & Chosen(ref entry, 9, wanted, next);
                entry = ref Unsafe.Add(ref entry, 2 * limbs * Width);
            }
            ref var target = ref Unsafe.Add(ref block, first * Width);
            s0.AsDouble().StoreUnsafe(ref target);
            s1.AsDouble().StoreUnsafe(ref target, 1 * Width);
            s2.AsDouble().StoreUnsafe(ref target, 2 * Width);
            s3.AsDouble().StoreUnsafe(ref target, 3 * Width);
            s4.AsDouble().StoreUnsafe(ref target, 4 * Width);
            s5.AsDouble().StoreUnsafe(ref target, 5 * Width);
            s6.AsDouble().StoreUnsafe(ref target, 6 * Width);
            s7.AsDouble().StoreUnsafe(ref target, 7 * Width);
            s8.AsDouble().StoreUnsafe(ref target, 8 * Width);
            s9.AsDouble().StoreUnsafe(ref target, 9 * Width);
        }
    }

    public static int Pick(ref double table, ReadOnlySpan<long> digits, ref double block, int limbs)
    {
        var whole = limbs - (limbs % Width);
        ref var e0 = ref Unsafe.Add(ref table, (nint)digits[0] * limbs);
        ref var e1 = ref Unsafe.Add(ref table, (nint)digits[1] * limbs);
        ref var e2 = ref Unsafe.Add(ref table, (nint)digits[2] * limbs);
        ref var e3 = ref Unsafe.Add(ref table, (nint)digits[3] * limbs);
        ref var e4 = ref Unsafe.Add(ref table, (nint)digits[4] * limbs);
        ref var e5 = ref Unsafe.Add(ref table, (nint)digits[5] * limbs);
        ref var e6 = ref Unsafe.Add(ref table, (nint)digits[6] * limbs);
        ref var e7 = ref Unsafe.Add(ref table, (nint)digits[7] * limbs);
        for (var i = 0; i < whole; i += Width)
        {
            var (even01, odd01) = Pairs(ref e0, ref e1, i);
            var (even23, odd23) = Pairs(ref e2, ref e3, i);
            var (even45, odd45) = Pairs(ref e4, ref e5, i);
            var (even67, odd67) = Pairs(ref e6, ref e7, i);
            ref var target = ref Unsafe.Add(ref block, i * Width);
            Transpose(even01, even23, even45, even67, ref target);
            Transpose(odd01, odd23, odd45, odd67, ref Unsafe.Add(ref target, Width));
        }
        return whole;
    }

    /// <summary>Eight limbs of two entries, the even ones side by side in pairs, and the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Even, Vector512<double> Odd) Pairs(ref double left, ref double right, int i)
    {
        var (l, r) = (Vector512.LoadUnsafe(ref left, (nuint)i), Vector512.LoadUnsafe(ref right, (nuint)i));
        return (Avx512F.UnpackLow(l, r), Avx512F.UnpackHigh(l, r));
    }

    /// <summary>Writes every other limb of eight: quarter j of all four becomes limb 2j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d, ref double target)
    {
        const byte EvenQuarters = 0x88, OddQuarters = 0xDD;
        var (evenAb, evenCd) = (Avx512F.Shuffle4x128(a, b, EvenQuarters), Avx512F.Shuffle4x128(c, d, EvenQuarters));
        var (oddAb, oddCd) = (Avx512F.Shuffle4x128(a, b, OddQuarters), Avx512F.Shuffle4x128(c, d, OddQuarters));
        Avx512F.Shuffle4x128(evenAb, evenCd, EvenQuarters).StoreUnsafe(ref target);
        Avx512F.Shuffle4x128(oddAb, oddCd, EvenQuarters).StoreUnsafe(ref target, 2 * Width);
        Avx512F.Shuffle4x128(evenAb, evenCd, OddQuarters).StoreUnsafe(ref target, 4 * Width);
        Avx512F.Shuffle4x128(oddAb, oddCd, OddQuarters).StoreUnsafe(ref target, 6 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<long> Column(long* columns, int c) => Vector512.Load(columns + (c * Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<double> Limb(nint limbs, int i) => Vector512.Load((double*)limbs + (i * Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Limb(ref double limbs, int i) => Vector512.LoadUnsafe(ref limbs, (nuint)(i * Width));

    /// <summary>Every lane's choice, by its digit's lowest four bits, among a limb's doubles in two blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Chosen(ref double entry, int i, Vector512<long> digits, int next) =>
        Avx512F.PermuteVar8x64x2(Limb(ref entry, i).AsInt64(), digits, Limb(ref Unsafe.Add(ref entry, next), i).AsInt64());

    /// <summary>A column's lower bits as a limb.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Settle(Vector512<long> sum) => Avx512DQ.ConvertToVector512Double(sum & Vector512.Create(LimbMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(ref Vector512<long> lower, ref Vector512<long> upper, Vector512<double> a, Vector512<double> b)
    {
        var high = Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(UpperBase), FloatRoundingMode.ToZero);
        var low = Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(UpperBase + LowerBase) - high, FloatRoundingMode.ToZero);
        upper += high.AsInt64();
        lower += low.AsInt64();
    }

    /// <summary>The upper half of a product, biased.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Upper(Vector512<double> a, Vector512<double> b) =>
        Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(UpperBase), FloatRoundingMode.ToZero).AsInt64();

    /// <summary>The limb whose product with the modulus' lowest limb clears the sum's lower bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Quotient(Vector512<long> sum, Vector512<double> negatedInverse)
    {
        var limb = Settle(sum);
        var high = Avx512F.FusedMultiplyAdd(limb, negatedInverse, Vector512.Create(UpperBase), FloatRoundingMode.ToZero);
        return Avx512F.FusedMultiplyAdd(limb, negatedInverse, Vector512.Create(UpperBase) - high, FloatRoundingMode.ToZero);
    }

    /// <summary>What is carried once the quotient has cleared the sum's lower bits: they and the product's lower half are zero, or a whole limb together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Carry(Vector512<long> sum) => Avx512F.ShiftRightArithmetic(sum + Vector512.Create(LimbMask), LimbWidth);

    /// <summary>What column c of so many tiles holds too much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Bias(int c, nint tiles) =>
        unchecked(tiles * (((c < Tile ? c + 1 : (2 * Tile) - 1 - c) * LowerBias) + ((c <= Tile ? c : (2 * Tile) - c) * UpperBias)));

    /// <summary>The same of a reduction's own tile, of which the lower halves of the products with the lowest limb are not added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ReductionBias(int c) => unchecked(Bias(c, 1) - (c < Tile ? LowerBias : 0));
}
