using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.Curves;

/// <summary>
/// Eight points of the curve y^2 = x^3 - 3 x + b modulo p (P-256: FIPS 186-4, section D.1.2.3; SP 800-186) side by side, (X : Y : Z) with x = X/Z, y = Y/Z; Z = 0 is the point at infinity. The points form a group of
/// prime order, about as strong as a cipher of 128 bits.
/// </summary>
/// <remarks>Sums and doubles are by the complete formulas of Renes, Costello and Batina (EUROCRYPT 2016), algorithms 4 and 6: they hold for every two points, so that nothing depends on which points they are.</remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Points are compared by what they store.")]
internal struct P256Points
{
    /// <summary>Bytes of a point: x and y, big-endian. The point at infinity is written as zeros, which is no point.</summary>
    public const int PointBytes = 2 * CoordinateBytes;

    private const int CoordinateBytes = 32;
    private const int Words = P256Numbers.Words;

    private static readonly P256Numbers Coefficient = P256Numbers.FromWords([0x3BCE_3C3E_27D2_604B, 0x651D_06B0_CC53_B0F6, 0xB3EB_BD55_7698_86BC, 0x5AC6_35D8_AA3A_93E7]);

    /// <summary>The standard's generator in all lanes.</summary>
    public static readonly P256Points Generator = new()
    {
        X = P256Numbers.FromWords([0xF4A1_3945_D898_C296, 0x7703_7D81_2DEB_33A0, 0xF8BC_E6E5_63A4_40F2, 0x6B17_D1F2_E12C_4247]),
        Y = P256Numbers.FromWords([0xCBB6_4068_37BF_51F5, 0x2BCE_3357_6B31_5ECE, 0x8EE7_EB4A_7C0F_9E16, 0x4FE3_42E2_FE1A_7F9B]),
        Z = P256Numbers.One,
    };

    /// <summary>The point at infinity in all lanes.</summary>
    public static readonly P256Points Infinity = new() { Y = P256Numbers.One };

    public P256Numbers X;
    public P256Numbers Y;
    public P256Numbers Z;

    /// <summary>Takes a point a lane, <see cref="PointBytes"/> each, that is on the curve: see <see cref="FirstInvalid"/>.</summary>
    public static P256Points Load(ReadOnlySpan<byte> points)
    {
        var (x, y) = (new ulong[P256Numbers.Lanes * Words], new ulong[P256Numbers.Lanes * Words]);
        for (var lane = 0; lane < P256Numbers.Lanes; lane++)
        {
            var point = points.Slice(lane * PointBytes, PointBytes);
            Read(point[..CoordinateBytes], x.AsSpan(lane * Words, Words));
            Read(point[CoordinateBytes..], y.AsSpan(lane * Words, Words));
        }
        return new P256Points { X = P256Numbers.Load(x), Y = P256Numbers.Load(y), Z = P256Numbers.One };
    }

    /// <summary>The same point in all lanes.</summary>
    public static P256Points LoadOne(ReadOnlySpan<byte> point)
    {
        var points = new byte[P256Numbers.Lanes * PointBytes];
        for (var lane = 0; lane < P256Numbers.Lanes; lane++) point[..PointBytes].CopyTo(points.AsSpan(lane * PointBytes));
        return Load(points);
    }

    /// <summary>Which of some public points is not two coordinates below p of a point on the curve, the first of them; -1: none.</summary>
    public static int FirstInvalid(ReadOnlySpan<byte> points)
    {
        var (block, words) = (new byte[P256Numbers.Lanes * PointBytes], new ulong[P256Numbers.Lanes * Words]);
        for (var first = 0; first < points.Length / PointBytes; first += P256Numbers.Lanes)
        {
            var some = points[(first * PointBytes)..];
            some = some[..Math.Min(some.Length, block.Length)];
            some.CopyTo(block);
            var point = Load(block);
            // x^3 - 3 x + b - y^2.
            P256Numbers.Multiply(in point.X, in point.X, out var left);
            P256Numbers.Multiply(in left, in point.X, out left);
            for (var i = 0; i < 3; i++) P256Numbers.Subtract(in left, in point.X, out left);
            P256Numbers.Add(in left, in Coefficient, out left);
            P256Numbers.Multiply(in point.Y, in point.Y, out var right);
            P256Numbers.Subtract(in left, in right, out left);
            P256Numbers.Store(in left, words);
            for (var lane = 0; lane < some.Length / PointBytes; lane++)
                if (words.AsSpan(lane * Words, Words).ContainsAnyExcept(0UL) || !IsBelowPrime(some.Slice(lane * PointBytes, CoordinateBytes)) || !IsBelowPrime(some.Slice((lane * PointBytes) + CoordinateBytes, CoordinateBytes)))
                    return first + lane;
        }
        return -1;
    }

    /// <summary>Each point's coordinates.</summary>
    public static void Store(in P256Points points, Span<byte> bytes)
    {
        P256Numbers.Invert(in points.Z, out var inverse);
        Span<ulong> words = stackalloc ulong[P256Numbers.Lanes * Words];
        P256Numbers.Multiply(in points.X, in inverse, out var coordinate);
        P256Numbers.Store(in coordinate, words);
        for (var lane = 0; lane < P256Numbers.Lanes; lane++) Write(words.Slice(lane * Words, Words), bytes.Slice(lane * PointBytes, CoordinateBytes));
        P256Numbers.Multiply(in points.Y, in inverse, out coordinate);
        P256Numbers.Store(in coordinate, words);
        for (var lane = 0; lane < P256Numbers.Lanes; lane++) Write(words.Slice(lane * Words, Words), bytes.Slice((lane * PointBytes) + CoordinateBytes, CoordinateBytes));
        words.Clear();
        inverse.Clear();
        coordinate.Clear();
    }

    /// <summary>z = x + y. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Add(in P256Points x, in P256Points y, out P256Points z)
    {
        P256Numbers.Multiply(in x.X, in y.X, out var t0);
        P256Numbers.Multiply(in x.Y, in y.Y, out var t1);
        P256Numbers.Multiply(in x.Z, in y.Z, out var t2);
        ProductOfSums(in x.X, in x.Y, in y.X, in y.Y, in t0, in t1, out var t3);
        ProductOfSums(in x.Y, in x.Z, in y.Y, in y.Z, in t1, in t2, out var t4);
        ProductOfSums(in x.X, in x.Z, in y.X, in y.Z, in t0, in t2, out var y3);
        P256Numbers.Multiply(in Coefficient, in t2, out var z3);
        P256Numbers.Subtract(in y3, in z3, out var x3);
        Triple(in x3, out x3);
        P256Numbers.Subtract(in t1, in x3, out z3);
        P256Numbers.Add(in t1, in x3, out x3);
        P256Numbers.Multiply(in Coefficient, in y3, out y3);
        Triple(in t2, out t2);
        P256Numbers.Subtract(in y3, in t2, out y3);
        P256Numbers.Subtract(in y3, in t0, out y3);
        Triple(in y3, out y3);
        Triple(in t0, out t0);
        P256Numbers.Subtract(in t0, in t2, out t0);
        // X3 = t3 x3 - t4 y3, Y3 = x3 z3 + t0 y3, Z3 = t4 z3 + t3 t0.
        SumOfProducts(in t0, in y3, in x3, in z3, out var sum);
        P256Numbers.Multiply(in t4, in y3, out var less);
        P256Numbers.Multiply(in t3, in x3, out x3);
        SumOfProducts(in t4, in z3, in t3, in t0, out var last);
        Unsafe.SkipInit(out z);
        P256Numbers.Subtract(in x3, in less, out z.X);
        z.Y = sum;
        z.Z = last;
    }

    /// <summary>z = 2 x. z may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Double(in P256Points x, out P256Points z)
    {
        P256Numbers.Multiply(in x.X, in x.X, out var t0);
        P256Numbers.Multiply(in x.Y, in x.Y, out var t1);
        P256Numbers.Multiply(in x.Z, in x.Z, out var t2);
        P256Numbers.Multiply(in x.X, in x.Y, out var t3);
        P256Numbers.Add(in t3, in t3, out t3);
        P256Numbers.Multiply(in x.X, in x.Z, out var z3);
        P256Numbers.Add(in z3, in z3, out z3);
        P256Numbers.Multiply(in Coefficient, in t2, out var y3);
        P256Numbers.Subtract(in y3, in z3, out y3);
        Triple(in y3, out y3);
        P256Numbers.Subtract(in t1, in y3, out var x3);
        P256Numbers.Add(in t1, in y3, out y3);
        P256Numbers.Multiply(in x3, in y3, out y3);
        P256Numbers.Multiply(in x3, in t3, out x3);
        Triple(in t2, out t2);
        P256Numbers.Multiply(in Coefficient, in z3, out z3);
        P256Numbers.Subtract(in z3, in t2, out z3);
        P256Numbers.Subtract(in z3, in t0, out z3);
        Triple(in z3, out z3);
        Triple(in t0, out t0);
        P256Numbers.Subtract(in t0, in t2, out t0);
        P256Numbers.Multiply(in t0, in z3, out t0);
        P256Numbers.Multiply(in x.Y, in x.Z, out var yz);
        P256Numbers.Add(in yz, in yz, out yz);
        P256Numbers.Multiply(in yz, in z3, out z3);
        P256Numbers.Multiply(in yz, in t1, out yz);
        Unsafe.SkipInit(out z);
        P256Numbers.Add(in y3, in t0, out z.Y);
        P256Numbers.Subtract(in x3, in z3, out z.X);
        P256Numbers.Add(in yz, in yz, out yz);
        P256Numbers.Add(in yz, in yz, out z.Z);
    }

    /// <summary>z = -x. z may be x.</summary>
    public static void Negate(in P256Points x, out P256Points z)
    {
        z = x;
        P256Numbers.Subtract(in Infinity.X, in x.Y, out z.Y);
    }

    /// <summary>z = y where a lane of the mask is -1, x where it is 0. z may be x or y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Choose(Vector512<long> mask, in P256Points x, in P256Points y, out P256Points z)
    {
        Unsafe.SkipInit(out z);
        P256Numbers.Choose(mask, in x.X, in y.X, out z.X);
        P256Numbers.Choose(mask, in x.Y, in y.Y, out z.Y);
        P256Numbers.Choose(mask, in x.Z, in y.Z, out z.Z);
    }

    /// <summary>Zeroes all lanes.</summary>
    public void Clear()
    {
        X.Clear();
        Y.Clear();
        Z.Clear();
    }

    /// <summary>(a + b) (c + d) - (ac + bd).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void ProductOfSums(in P256Numbers a, in P256Numbers b, in P256Numbers c, in P256Numbers d, in P256Numbers ac, in P256Numbers bd, out P256Numbers product)
    {
        P256Numbers.Add(in a, in b, out var left);
        P256Numbers.Add(in c, in d, out var right);
        P256Numbers.Multiply(in left, in right, out product);
        P256Numbers.Subtract(in product, in ac, out product);
        P256Numbers.Subtract(in product, in bd, out product);
    }

    /// <summary>a b + c d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void SumOfProducts(in P256Numbers a, in P256Numbers b, in P256Numbers c, in P256Numbers d, out P256Numbers sum)
    {
        P256Numbers.Multiply(in a, in b, out var first);
        P256Numbers.Multiply(in c, in d, out sum);
        P256Numbers.Add(in first, in sum, out sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Triple(in P256Numbers x, out P256Numbers z)
    {
        P256Numbers.Add(in x, in x, out var twice);
        P256Numbers.Add(in twice, in x, out z);
    }

    private static bool IsBelowPrime(ReadOnlySpan<byte> coordinate)
    {
        Span<ulong> words = stackalloc ulong[Words];
        Read(coordinate, words);
        for (var i = Words - 1; i >= 0; i--)
            if (words[i] != P256Numbers.Prime[i]) return words[i] < P256Numbers.Prime[i];
        return false;
    }

    private static void Read(ReadOnlySpan<byte> coordinate, Span<ulong> words)
    {
        for (var i = 0; i < Words; i++) words[i] = BinaryPrimitives.ReadUInt64BigEndian(coordinate[(sizeof(ulong) * (Words - 1 - i))..]);
    }

    private static void Write(ReadOnlySpan<ulong> words, Span<byte> coordinate)
    {
        for (var i = 0; i < Words; i++) BinaryPrimitives.WriteUInt64BigEndian(coordinate[(sizeof(ulong) * (Words - 1 - i))..], words[i]);
    }
}
