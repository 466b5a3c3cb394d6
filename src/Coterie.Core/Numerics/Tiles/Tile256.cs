using System.Runtime.Intrinsics;

namespace Coterie.Core.Numerics.Tiles;

/// <summary>4 x 12 entries in 12 of 16 registers of 256 bits.</summary>
internal readonly struct Tile256 : ITile
{
    public static int Rows => 4;

    public static int Columns => 12;

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    public static unsafe void Add(double* left, double* right, int depth, double* destination, int stride)
    {
        unchecked
        {
            // 4 x 3 accumulators as locals, so that they stay in registers.
            Vector256<double> s00 = default, s01 = default, s02 = default;
            Vector256<double> s10 = default, s11 = default, s12 = default;
            Vector256<double> s20 = default, s21 = default, s22 = default;
            Vector256<double> s30 = default, s31 = default, s32 = default;
            for (; depth > 0; depth--, left += 4, right += 12)
            {
                Vector256<double> r0 = Vector256.Load(right), r1 = Vector256.Load(right + 4), r2 = Vector256.Load(right + 8);
                var x = Vector256.Create(left[0]);
                s00 = Vector256.FusedMultiplyAdd(x, r0, s00);
                s01 = Vector256.FusedMultiplyAdd(x, r1, s01);
                s02 = Vector256.FusedMultiplyAdd(x, r2, s02);
                x = Vector256.Create(left[1]);
                s10 = Vector256.FusedMultiplyAdd(x, r0, s10);
                s11 = Vector256.FusedMultiplyAdd(x, r1, s11);
                s12 = Vector256.FusedMultiplyAdd(x, r2, s12);
                x = Vector256.Create(left[2]);
                s20 = Vector256.FusedMultiplyAdd(x, r0, s20);
                s21 = Vector256.FusedMultiplyAdd(x, r1, s21);
                s22 = Vector256.FusedMultiplyAdd(x, r2, s22);
                x = Vector256.Create(left[3]);
                s30 = Vector256.FusedMultiplyAdd(x, r0, s30);
                s31 = Vector256.FusedMultiplyAdd(x, r1, s31);
                s32 = Vector256.FusedMultiplyAdd(x, r2, s32);
            }
            Store(destination, s00, s01, s02);
            Store(destination + stride, s10, s11, s12);
            Store(destination + (2 * stride), s20, s21, s22);
            Store(destination + (3 * stride), s30, s31, s32);
        }
    }

    private static unsafe void Store(double* row, Vector256<double> s0, Vector256<double> s1, Vector256<double> s2)
    {
        unchecked
        {
            (Vector256.Load(row) + s0).Store(row);
            (Vector256.Load(row + 4) + s1).Store(row + 4);
            (Vector256.Load(row + 8) + s2).Store(row + 8);
        }
    }
}
