using System.Runtime.Intrinsics;

namespace Coterie.Core.Numerics.Rings;

/// <summary>4 x 8 entries in 8 of 16 registers of 256 bits: AVX2 makes a product of three of halves, and needs the others for them.</summary>
internal readonly struct RingTile256 : IRingTile
{
    public static int Rows => 4;

    public static int Columns => 8;

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    public static unsafe void Add(ulong* left, ulong* right, int depth, ulong* destination, int stride)
    {
        unchecked
        {
            // Accumulators as locals, so that they stay in registers.
            Vector256<ulong> s00 = default, s01 = default;
            Vector256<ulong> s10 = default, s11 = default;
            Vector256<ulong> s20 = default, s21 = default;
            Vector256<ulong> s30 = default, s31 = default;
            for (; depth > 0; depth--, left += 4, right += 8)
            {
                Vector256<ulong> r0 = Vector256.Load(right), r1 = Vector256.Load(right + 4);
                var x = Vector256.Create(left[0]);
                s00 += x * r0;
                s01 += x * r1;
                x = Vector256.Create(left[1]);
                s10 += x * r0;
                s11 += x * r1;
                x = Vector256.Create(left[2]);
                s20 += x * r0;
                s21 += x * r1;
                x = Vector256.Create(left[3]);
                s30 += x * r0;
                s31 += x * r1;
            }
            Store(destination, s00, s01);
            Store(destination + stride, s10, s11);
            Store(destination + (2 * stride), s20, s21);
            Store(destination + (3 * stride), s30, s31);
        }
    }

    private static unsafe void Store(ulong* row, Vector256<ulong> s0, Vector256<ulong> s1)
    {
        (Vector256.Load(row) + s0).Store(row);
        (Vector256.Load(row + 4) + s1).Store(row + 4);
    }
}
