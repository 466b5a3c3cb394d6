using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The field of 2^128 elements as polynomials over bits modulo x^128 + x^7 + x^2 + x + 1; bit k of an integer is the coefficient of x^k.
/// Time and addresses depend on lengths only. Sums are exclusive ors. Arithmetic modulo 2^64 is meant throughout this file.
/// </summary>
internal static class Field128
{
    /// <summary>Whether the processor multiplies polynomials.</summary>
    public static bool IsHardware => Pclmulqdq.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>x y.</summary>
    public static UInt128 Multiply(UInt128 x, UInt128 y, bool? hardware = null) => InnerProduct([x], [y], hardware);

    /// <summary>The sum of x_i y_i over the length of x; reduced once.</summary>
    public static UInt128 InnerProduct(ReadOnlySpan<UInt128> x, ReadOnlySpan<UInt128> y, bool? hardware = null) =>
        hardware ?? IsHardware ? InnerProductX86(x, y[..x.Length]) : InnerProductPortable(x, y[..x.Length]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static UInt128 InnerProductX86(ReadOnlySpan<UInt128> x, ReadOnlySpan<UInt128> y)
    {
        ref var left = ref Unsafe.As<UInt128, ulong>(ref MemoryMarshal.GetReference(x));
        ref var right = ref Unsafe.As<UInt128, ulong>(ref MemoryMarshal.GetReference(y));
        Vector128<ulong> low = default, middle = default, other = default, high = default;
        for (nuint i = 0; i < (nuint)x.Length * 2; i += 2)
        {
            var (a, b) = (Vector128.LoadUnsafe(ref left, i), Vector128.LoadUnsafe(ref right, i));
            low ^= Pclmulqdq.CarrylessMultiply(a, b, 0x00);
            middle ^= Pclmulqdq.CarrylessMultiply(a, b, 0x01);
            other ^= Pclmulqdq.CarrylessMultiply(a, b, 0x10);
            high ^= Pclmulqdq.CarrylessMultiply(a, b, 0x11);
        }
        middle ^= other;
        return Reduce(low[0], low[1] ^ middle[0], high[0] ^ middle[1], high[1]);
    }

    private static UInt128 InnerProductPortable(ReadOnlySpan<UInt128> x, ReadOnlySpan<UInt128> y)
    {
        ulong w0 = 0, w1 = 0, w2 = 0, w3 = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (a0, a1, b0, b1) = unchecked(((ulong)x[i], (ulong)(x[i] >> 64), (ulong)y[i], (ulong)(y[i] >> 64)));
            var (l0, l1) = Product(a0, b0);
            var (h0, h1) = Product(a1, b1);
            // Karatsuba: the middle from one product.
            var (m0, m1) = Product(a0 ^ a1, b0 ^ b1);
            m0 ^= l0 ^ h0;
            m1 ^= l1 ^ h1;
            w0 ^= l0;
            w1 ^= l1 ^ m0;
            w2 ^= h0 ^ m1;
            w3 ^= h1;
        }
        return Reduce(w0, w1, w2, w3);
    }

    /// <summary>A polynomial of 256 bits modulo the field's: x^128 = x^7 + x^2 + x + 1, twice.</summary>
    private static UInt128 Reduce(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        var over = (w3 >> 63) ^ (w3 >> 62) ^ (w3 >> 57);
        w2 ^= over;   // what the upper word carries above 2^192; its own product falls below 2^128
        var low = w2 ^ (w2 << 1) ^ (w2 << 2) ^ (w2 << 7);
        var high = w3 ^ (w3 << 1) ^ (w3 << 2) ^ (w3 << 7) ^ (w2 >> 63) ^ (w2 >> 62) ^ (w2 >> 57);
        return new UInt128(w1 ^ high, w0 ^ low);
    }

    /// <summary>The product of two polynomials of 64 bits: its lower half, and its upper half as the reversed product of the reversed factors.</summary>
    private static (ulong Low, ulong High) Product(ulong x, ulong y) => (LowProduct(x, y), Reverse(LowProduct(Reverse(x), Reverse(y))) >> 1);

    /// <summary>
    /// The lower 64 bits, from integer products of every fourth bit: at most 16 ones meet in a place, and where 16 do the carry leaves at the top
    /// (Pornin, BearSSL, "Constant-time GHASH").
    /// </summary>
    private static ulong LowProduct(ulong x, ulong y)
    {
        unchecked
        {
            const ulong M0 = 0x1111111111111111, M1 = 0x2222222222222222, M2 = 0x4444444444444444, M3 = 0x8888888888888888;
            var (x0, x1, x2, x3) = (x & M0, x & M1, x & M2, x & M3);
            var (y0, y1, y2, y3) = (y & M0, y & M1, y & M2, y & M3);
            var z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
            var z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
            var z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
            var z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
            return (z0 & M0) | (z1 & M1) | (z2 & M2) | (z3 & M3);
        }
    }

    private static ulong Reverse(ulong x)
    {
        x = ((x >> 1) & 0x5555555555555555) | ((x & 0x5555555555555555) << 1);
        x = ((x >> 2) & 0x3333333333333333) | ((x & 0x3333333333333333) << 2);
        x = ((x >> 4) & 0x0F0F0F0F0F0F0F0F) | ((x & 0x0F0F0F0F0F0F0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(x);
    }
}
