using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Curves;

/// <summary>
/// Eight numbers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1, the prime of the curve P-256 (FIPS 186-4, section D.1.2.3), side by side: ten signed limbs of 26 bits in every lane, in Montgomery form x R for R = 2^286.
/// No branch and no address depends on a number.
/// </summary>
/// <remarks>
/// Sums and differences are taken limb by limb and carry nothing. A product takes limbs of up to 2^30 in absolute value whose bounds have a product of up to 2^59.5, so that a column stays below 2^63, and leaves limbs of
/// 26 bits of a number between -2^240 and p + 2^240: R is longer than p by more than sums make factors longer. Since p is -1 modulo 2^26, the quotient of a step of Montgomery's reduction is the lowest limb itself, and its
/// product with p four shifts.
/// </remarks>
[InlineArray(Limbs)]
[SuppressMessage("Performance", "CA1815", Justification = "Numbers are compared by what they store.")]
internal struct P256Numbers
{
    /// <summary>Numbers side by side.</summary>
    public const int Lanes = 8;

    /// <summary>Words of a number that is stored.</summary>
    public const int Words = 4;

    /// <summary>Limbs of a number.</summary>
    public const int Limbs = 10;

    private const int LimbBits = 26;
    private const long LimbMask = (1L << LimbBits) - 1;

    private Vector512<long> _limb;

    /// <summary>p, little-endian words.</summary>
    public static ReadOnlySpan<ulong> Prime => [0xFFFF_FFFF_FFFF_FFFF, 0x0000_0000_FFFF_FFFF, 0, 0xFFFF_FFFF_0000_0001];

    /// <summary>R^2 modulo p, which brings a number into Montgomery form.</summary>
    private static readonly P256Numbers Square = All(new System.Numerics.BigInteger(1) << (2 * (Limbs + 1) * LimbBits));

    /// <summary>One.</summary>
    public static readonly P256Numbers One = FromWords([1, 0, 0, 0]);

    /// <summary>The same number in all lanes.</summary>
    /// <param name="number">Four little-endian words, below p.</param>
    public static P256Numbers FromWords(ReadOnlySpan<ulong> number)
    {
        var words = new ulong[Lanes * Words];
        for (var lane = 0; lane < Lanes; lane++) number[..Words].CopyTo(words.AsSpan(lane * Words));
        return Load(words);
    }

    /// <summary>Takes a number a lane, of four little-endian words each, below p.</summary>
    public static P256Numbers Load(ReadOnlySpan<ulong> words)
    {
        Unsafe.SkipInit(out P256Numbers numbers);
        Split(words, ref numbers);
        Multiply(in numbers, in Square, out numbers);
        return numbers;
    }

    /// <summary>Each number below p, four little-endian words each.</summary>
    public static void Store(in P256Numbers numbers, Span<ulong> words)
    {
        Unsafe.SkipInit(out P256Numbers plain);
        plain.AsSpan().Clear();
        plain[0] = Vector512<long>.One;
        Multiply(in numbers, in plain, out plain);
        Span<long> limbs = stackalloc long[Limbs];
        for (var lane = 0; lane < Lanes; lane++)
        {
            for (var i = 0; i < Limbs; i++) limbs[i] = plain[i][lane];
            Join(limbs, words.Slice(lane * Words, Words));
        }
        limbs.Clear();
    }

    /// <summary>z = x + y, limb by limb. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in P256Numbers x, in P256Numbers y, out P256Numbers z)
    {
        Unsafe.SkipInit(out z);
        for (var i = 0; i < Limbs; i++) At(in z, i) = At(in x, i) + At(in y, i);
    }

    /// <summary>z = x - y, limb by limb. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in P256Numbers x, in P256Numbers y, out P256Numbers z)
    {
        Unsafe.SkipInit(out z);
        for (var i = 0; i < Limbs; i++) At(in z, i) = At(in x, i) - At(in y, i);
    }

    /// <summary>z = y where a lane of the mask is -1, x where it is 0. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Choose(Vector512<long> mask, in P256Numbers x, in P256Numbers y, out P256Numbers z)
    {
        Unsafe.SkipInit(out z);
        for (var i = 0; i < Limbs; i++) At(in z, i) = Vector512.ConditionalSelect(mask, At(in y, i), At(in x, i));
    }

    /// <summary>z = x y modulo p. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Multiply(in P256Numbers x, in P256Numbers y, out P256Numbers z)
    {
        Unsafe.SkipInit(out z);
        ref readonly var a = ref At(in x, 0);
        Vector512<long> b0 = At(in y, 0), b1 = At(in y, 1), b2 = At(in y, 2), b3 = At(in y, 3), b4 = At(in y, 4), b5 = At(in y, 5), b6 = At(in y, 6), b7 = At(in y, 7), b8 = At(in y, 8), b9 = At(in y, 9);
        var mask = Vector512.Create(LimbMask);
        var c0 = T(in a, 0, b0);
        var c1 = T(in a, 0, b1) + T(in a, 1, b0);
        var c2 = T(in a, 0, b2) + T(in a, 1, b1) + T(in a, 2, b0);
        var c3 = T(in a, 0, b3) + T(in a, 1, b2) + T(in a, 2, b1) + T(in a, 3, b0);
        var c4 = T(in a, 0, b4) + T(in a, 1, b3) + T(in a, 2, b2) + T(in a, 3, b1) + T(in a, 4, b0);
        var c5 = T(in a, 0, b5) + T(in a, 1, b4) + T(in a, 2, b3) + T(in a, 3, b2) + T(in a, 4, b1) + T(in a, 5, b0);
        var c6 = T(in a, 0, b6) + T(in a, 1, b5) + T(in a, 2, b4) + T(in a, 3, b3) + T(in a, 4, b2) + T(in a, 5, b1) + T(in a, 6, b0);
        var c7 = T(in a, 0, b7) + T(in a, 1, b6) + T(in a, 2, b5) + T(in a, 3, b4) + T(in a, 4, b3) + T(in a, 5, b2) + T(in a, 6, b1) + T(in a, 7, b0);
        var c8 = T(in a, 0, b8) + T(in a, 1, b7) + T(in a, 2, b6) + T(in a, 3, b5) + T(in a, 4, b4) + T(in a, 5, b3) + T(in a, 6, b2) + T(in a, 7, b1) + T(in a, 8, b0);
        var c9 = T(in a, 0, b9) + T(in a, 1, b8) + T(in a, 2, b7) + T(in a, 3, b6) + T(in a, 4, b5) + T(in a, 5, b4) + T(in a, 6, b3) + T(in a, 7, b2) + T(in a, 8, b1) + T(in a, 9, b0);
        var c10 = T(in a, 1, b9) + T(in a, 2, b8) + T(in a, 3, b7) + T(in a, 4, b6) + T(in a, 5, b5) + T(in a, 6, b4) + T(in a, 7, b3) + T(in a, 8, b2) + T(in a, 9, b1);
        var c11 = T(in a, 2, b9) + T(in a, 3, b8) + T(in a, 4, b7) + T(in a, 5, b6) + T(in a, 6, b5) + T(in a, 7, b4) + T(in a, 8, b3) + T(in a, 9, b2);
        var c12 = T(in a, 3, b9) + T(in a, 4, b8) + T(in a, 5, b7) + T(in a, 6, b6) + T(in a, 7, b5) + T(in a, 8, b4) + T(in a, 9, b3);
        var c13 = T(in a, 4, b9) + T(in a, 5, b8) + T(in a, 6, b7) + T(in a, 7, b6) + T(in a, 8, b5) + T(in a, 9, b4);
        var c14 = T(in a, 5, b9) + T(in a, 6, b8) + T(in a, 7, b7) + T(in a, 8, b6) + T(in a, 9, b5);
        var c15 = T(in a, 6, b9) + T(in a, 7, b8) + T(in a, 8, b7) + T(in a, 9, b6);
        var c16 = T(in a, 7, b9) + T(in a, 8, b8) + T(in a, 9, b7);
        var c17 = T(in a, 8, b9) + T(in a, 9, b8);
        var c18 = T(in a, 9, b9);
        var c19 = Vector512<long>.Zero;
        Reduce(mask, c0, ref c1, ref c3, ref c7, ref c8, ref c9);
        Reduce(mask, c1, ref c2, ref c4, ref c8, ref c9, ref c10);
        Reduce(mask, c2, ref c3, ref c5, ref c9, ref c10, ref c11);
        Reduce(mask, c3, ref c4, ref c6, ref c10, ref c11, ref c12);
        Reduce(mask, c4, ref c5, ref c7, ref c11, ref c12, ref c13);
        Reduce(mask, c5, ref c6, ref c8, ref c12, ref c13, ref c14);
        Reduce(mask, c6, ref c7, ref c9, ref c13, ref c14, ref c15);
        Reduce(mask, c7, ref c8, ref c10, ref c14, ref c15, ref c16);
        Reduce(mask, c8, ref c9, ref c11, ref c15, ref c16, ref c17);
        Reduce(mask, c9, ref c10, ref c12, ref c16, ref c17, ref c18);
        Reduce(mask, c10, ref c11, ref c13, ref c17, ref c18, ref c19);
        At(in z, 0) = c11 & mask;
        c12 += c11 >> LimbBits;
        At(in z, 1) = c12 & mask;
        c13 += c12 >> LimbBits;
        At(in z, 2) = c13 & mask;
        c14 += c13 >> LimbBits;
        At(in z, 3) = c14 & mask;
        c15 += c14 >> LimbBits;
        At(in z, 4) = c15 & mask;
        c16 += c15 >> LimbBits;
        At(in z, 5) = c16 & mask;
        c17 += c16 >> LimbBits;
        At(in z, 6) = c17 & mask;
        c18 += c17 >> LimbBits;
        At(in z, 7) = c18 & mask;
        c19 += c18 >> LimbBits;
        At(in z, 8) = c19 & mask;
        At(in z, 9) = c19 >> LimbBits;
    }

    /// <summary>z = 1 / x modulo p, or 0 where x is 0: x^(p - 2), whose exponent is public. z may be x.</summary>
    public static void Invert(in P256Numbers x, out P256Numbers z)
    {
        // p - 2 = 2^256 - 2^224 + 2^192 + 2^96 - 3: runs of ones of 32 (at 224), 1 (at 192), 94 (at 2) and 1 (at 0) bits.
        var one = x;
        Raise(in one, 1, in one, out var two);
        Raise(in two, 2, in two, out var four);
        Raise(in four, 4, in four, out var eight);
        Raise(in eight, 8, in eight, out var sixteen);
        Raise(in sixteen, 16, in sixteen, out var ones32);
        Raise(in ones32, 32, in one, out var power);
        Raise(in power, 128, in ones32, out power);
        Raise(in power, 32, in ones32, out power);
        Raise(in power, 16, in sixteen, out power);
        Raise(in power, 8, in eight, out power);
        Raise(in power, 4, in four, out power);
        Raise(in power, 2, in two, out power);
        Raise(in power, 2, in one, out z);
    }

    /// <summary>Zeroes all lanes.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(AsSpan()));

    [UnscopedRef]
    private Span<Vector512<long>> AsSpan() => this;

    /// <summary>A limb of all lanes; there are ten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Vector512<long> At(in P256Numbers numbers, int limb) => ref Unsafe.Add(ref Unsafe.As<P256Numbers, Vector512<long>>(ref Unsafe.AsRef(in numbers)), limb);

    /// <summary>Adds a constant of each limb, in all lanes, where a lane of the mask is -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Merge(Vector512<long> mask, ReadOnlySpan<long> limbs, ref P256Numbers z)
    {
        ref var limb = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(limbs[..Limbs]);
        for (var i = 0; i < Limbs; i++) At(in z, i) |= Vector512.Create(Unsafe.Add(ref limb, i)) & mask;
    }

    /// <summary>x^(2^squarings) y.</summary>
    private static void Raise(in P256Numbers x, int squarings, in P256Numbers y, out P256Numbers z)
    {
        var power = x;
        for (var i = 0; i < squarings; i++) Multiply(in power, in power, out power);
        Multiply(in power, in y, out z);
    }

    /// <summary>One limb's product with another: of the low halves of all lanes, signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> T(in Vector512<long> x, int limb, Vector512<long> y)
    {
        var a = Unsafe.Add(ref Unsafe.AsRef(in x), limb);
        if (Avx512F.IsSupported) return Avx512F.Multiply(a.AsInt32(), y.AsInt32());
        if (Avx2.IsSupported) return Vector512.Create(Avx2.Multiply(a.GetLower().AsInt32(), y.GetLower().AsInt32()), Avx2.Multiply(a.GetUpper().AsInt32(), y.GetUpper().AsInt32()));
        return a * y;
    }

    /// <summary>Adds the lowest limb's quotient times p, which makes that limb zero modulo 2^26, and carries the rest of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(Vector512<long> mask, Vector512<long> lowest, ref Vector512<long> next, ref Vector512<long> third, ref Vector512<long> seventh, ref Vector512<long> eighth, ref Vector512<long> ninth)
    {
        // 2^96 = 2^(3 26 + 18), 2^192 = 2^(7 26 + 10), 2^224 = 2^(8 26 + 16), 2^256 = 2^(9 26 + 22).
        var quotient = lowest & mask;
        next += lowest >> LimbBits;
        third += quotient << 18;
        seventh += quotient << 10;
        eighth -= quotient << 16;
        ninth += quotient << 22;
    }

    private static P256Numbers All(System.Numerics.BigInteger number)
    {
        var prime = (System.Numerics.BigInteger.One << 256) - (System.Numerics.BigInteger.One << 224) + (System.Numerics.BigInteger.One << 192) + (System.Numerics.BigInteger.One << 96) - 1;
        var words = new ulong[Lanes * Words];
        for (var i = 0; i < words.Length; i++) words[i] = (ulong)((number % prime >> (64 * (i % Words))) & ulong.MaxValue);
        Unsafe.SkipInit(out P256Numbers numbers);
        Split(words, ref numbers);
        return numbers;
    }

    private static void Split(ReadOnlySpan<ulong> words, ref P256Numbers numbers)
    {
        Span<long> limb = stackalloc long[Lanes];
        for (var i = 0; i < Limbs; i++)
        {
            var (word, shift) = (i * LimbBits / 64, i * LimbBits % 64);
            for (var lane = 0; lane < Lanes; lane++)
            {
                var number = words.Slice(lane * Words, Words);
                var bits = number[word] >> shift;
                if (shift > 64 - LimbBits && word + 1 < Words) bits |= number[word + 1] << (64 - shift);
                limb[lane] = (long)(bits & (ulong)LimbMask);
            }
            numbers[i] = Vector512.Create<long>(limb);
        }
        limb.Clear();
    }

    /// <summary>The limbs of a number between -p and 2 p as words of one below p.</summary>
    private static void Join(ReadOnlySpan<long> limbs, Span<ulong> words)
    {
        unchecked
        {
            // With p added it is between 0 and 3 p: below 2^258, in five words.
            Span<ulong> sum = stackalloc ulong[Words + 1];
            var carry = (Int128)0;
            var (held, bits, next) = ((Int128)0, 0, 0);
            for (var word = 0; word <= Words; word++)
            {
                for (; bits < 64 && next < Limbs; next++, bits += LimbBits) held += (Int128)limbs[next] << bits;
                carry += (Int128)(ulong)held + (word < Words ? Prime[word] : 0UL);
                sum[word] = (ulong)carry;
                carry >>= 64;
                held >>= 64;
                bits -= 64;
            }
            SubtractOnce(sum);
            SubtractOnce(sum);
            sum[..Words].CopyTo(words);
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sum));
        }
    }

    /// <summary>Subtracts p from what is not below it, the same steps either way.</summary>
    private static void SubtractOnce(Span<ulong> number)
    {
        unchecked
        {
            Span<ulong> difference = stackalloc ulong[Words + 1];
            var borrow = (Int128)0;
            for (var word = 0; word <= Words; word++)
            {
                borrow += (Int128)number[word] - (word < Words ? Prime[word] : 0UL);
                difference[word] = (ulong)borrow;
                borrow >>= 64;
            }
            var keep = (ulong)(long)borrow;
            for (var word = 0; word <= Words; word++) number[word] = (number[word] & keep) | (difference[word] & ~keep);
            difference.Clear();
        }
    }
}
