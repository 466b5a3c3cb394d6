using System.Runtime.Intrinsics;

namespace Coterie.Core.Numerics.Tiles;

/// <summary>8 x 24 entries in 24 of 32 registers of 512 bits: with the row of the right factor and one entry of the left, as many as fit.</summary>
internal readonly struct Tile512 : ITile
{
    public static int Rows => 8;

    public static int Columns => 24;

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static unsafe void Add(double* left, double* right, int depth, double* destination, int stride)
    {
        unchecked
        {
            // 8 x 3 accumulators as locals, so that they stay in registers.
            Vector512<double> s00 = default, s01 = default, s02 = default;
            Vector512<double> s10 = default, s11 = default, s12 = default;
            Vector512<double> s20 = default, s21 = default, s22 = default;
            Vector512<double> s30 = default, s31 = default, s32 = default;
            Vector512<double> s40 = default, s41 = default, s42 = default;
            Vector512<double> s50 = default, s51 = default, s52 = default;
            Vector512<double> s60 = default, s61 = default, s62 = default;
            Vector512<double> s70 = default, s71 = default, s72 = default;
            for (; depth > 0; depth--, left += 8, right += 24)
            {
                Vector512<double> r0 = Vector512.Load(right), r1 = Vector512.Load(right + 8), r2 = Vector512.Load(right + 16);
                var x = Vector512.Create(left[0]);
                s00 = Vector512.FusedMultiplyAdd(x, r0, s00);
                s01 = Vector512.FusedMultiplyAdd(x, r1, s01);
                s02 = Vector512.FusedMultiplyAdd(x, r2, s02);
                x = Vector512.Create(left[1]);
                s10 = Vector512.FusedMultiplyAdd(x, r0, s10);
                s11 = Vector512.FusedMultiplyAdd(x, r1, s11);
                s12 = Vector512.FusedMultiplyAdd(x, r2, s12);
                x = Vector512.Create(left[2]);
                s20 = Vector512.FusedMultiplyAdd(x, r0, s20);
                s21 = Vector512.FusedMultiplyAdd(x, r1, s21);
                s22 = Vector512.FusedMultiplyAdd(x, r2, s22);
                x = Vector512.Create(left[3]);
                s30 = Vector512.FusedMultiplyAdd(x, r0, s30);
                s31 = Vector512.FusedMultiplyAdd(x, r1, s31);
                s32 = Vector512.FusedMultiplyAdd(x, r2, s32);
                x = Vector512.Create(left[4]);
                s40 = Vector512.FusedMultiplyAdd(x, r0, s40);
                s41 = Vector512.FusedMultiplyAdd(x, r1, s41);
                s42 = Vector512.FusedMultiplyAdd(x, r2, s42);
                x = Vector512.Create(left[5]);
                s50 = Vector512.FusedMultiplyAdd(x, r0, s50);
                s51 = Vector512.FusedMultiplyAdd(x, r1, s51);
                s52 = Vector512.FusedMultiplyAdd(x, r2, s52);
                x = Vector512.Create(left[6]);
                s60 = Vector512.FusedMultiplyAdd(x, r0, s60);
                s61 = Vector512.FusedMultiplyAdd(x, r1, s61);
                s62 = Vector512.FusedMultiplyAdd(x, r2, s62);
                x = Vector512.Create(left[7]);
                s70 = Vector512.FusedMultiplyAdd(x, r0, s70);
                s71 = Vector512.FusedMultiplyAdd(x, r1, s71);
                s72 = Vector512.FusedMultiplyAdd(x, r2, s72);
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

    private static unsafe void Store(double* row, Vector512<double> s0, Vector512<double> s1, Vector512<double> s2)
    {
        unchecked
        {
            (Vector512.Load(row) + s0).Store(row);
            (Vector512.Load(row + 8) + s1).Store(row + 8);
            (Vector512.Load(row + 16) + s2).Store(row + 16);
        }
    }
}
