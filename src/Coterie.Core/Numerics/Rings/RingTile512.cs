using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Core.Numerics.Rings;

/// <summary>8 x 24 entries in 24 of 32 registers of 512 bits; one instruction a product with AVX-512DQ.</summary>
internal readonly struct RingTile512 : IRingTile
{
    public static int Rows => 8;

    public static int Columns => 24;

    public static bool IsSupported => Avx512DQ.IsSupported;

    public static unsafe void Add(ulong* left, ulong* right, int depth, ulong* destination, int stride)
    {
        unchecked
        {
            // Accumulators as locals, so that they stay in registers.
            Vector512<ulong> s00 = default, s01 = default, s02 = default;
            Vector512<ulong> s10 = default, s11 = default, s12 = default;
            Vector512<ulong> s20 = default, s21 = default, s22 = default;
            Vector512<ulong> s30 = default, s31 = default, s32 = default;
            Vector512<ulong> s40 = default, s41 = default, s42 = default;
            Vector512<ulong> s50 = default, s51 = default, s52 = default;
            Vector512<ulong> s60 = default, s61 = default, s62 = default;
            Vector512<ulong> s70 = default, s71 = default, s72 = default;
            for (; depth > 0; depth--, left += 8, right += 24)
            {
                Vector512<ulong> r0 = Vector512.Load(right), r1 = Vector512.Load(right + 8), r2 = Vector512.Load(right + 16);
                var x = Vector512.Create(left[0]);
                s00 += x * r0;
                s01 += x * r1;
                s02 += x * r2;
                x = Vector512.Create(left[1]);
                s10 += x * r0;
                s11 += x * r1;
                s12 += x * r2;
                x = Vector512.Create(left[2]);
                s20 += x * r0;
                s21 += x * r1;
                s22 += x * r2;
                x = Vector512.Create(left[3]);
                s30 += x * r0;
                s31 += x * r1;
                s32 += x * r2;
                x = Vector512.Create(left[4]);
                s40 += x * r0;
                s41 += x * r1;
                s42 += x * r2;
                x = Vector512.Create(left[5]);
                s50 += x * r0;
                s51 += x * r1;
                s52 += x * r2;
                x = Vector512.Create(left[6]);
                s60 += x * r0;
                s61 += x * r1;
                s62 += x * r2;
                x = Vector512.Create(left[7]);
                s70 += x * r0;
                s71 += x * r1;
                s72 += x * r2;
            }
            Store(destination, s00, s01, s02);
            Store(destination + stride, s10, s11, s12);
            Store(destination + (2 * stride), s20, s21, s22);
            Store(destination + (3 * stride), s30, s31, s32);
            Store(destination + (4 * stride), s40, s41, s42);
            Store(destination + (5 * stride), s50, s51, s52);
            Store(destination + (6 * stride), s60, s61, s62);
            Store(destination + (7 * stride), s70, s71, s72);
        }
    }

    private static unsafe void Store(ulong* row, Vector512<ulong> s0, Vector512<ulong> s1, Vector512<ulong> s2)
    {
        (Vector512.Load(row) + s0).Store(row);
        (Vector512.Load(row + 8) + s1).Store(row + 8);
        (Vector512.Load(row + 16) + s2).Store(row + 16);
    }
}
