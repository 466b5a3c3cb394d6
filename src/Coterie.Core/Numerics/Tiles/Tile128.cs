using System.Runtime.Intrinsics;

namespace Coterie.Core.Numerics.Tiles;

/// <summary>4 x 4 entries in registers of 128 bits, or without any: what every machine can do.</summary>
internal readonly struct Tile128 : ITile
{
    public static int Rows => 4;

    public static int Columns => 4;

    public static bool IsSupported => true;

    public static unsafe void Add(double* left, double* right, int depth, double* destination, int stride)
    {
        unchecked
        {
            // 4 x 2 accumulators as locals, so that they stay in registers.
            Vector128<double> s00 = default, s01 = default;
            Vector128<double> s10 = default, s11 = default;
            Vector128<double> s20 = default, s21 = default;
            Vector128<double> s30 = default, s31 = default;
            for (; depth > 0; depth--, left += 4, right += 4)
            {
                Vector128<double> r0 = Vector128.Load(right), r1 = Vector128.Load(right + 2);
                var x = Vector128.Create(left[0]);
                s00 = Vector128.FusedMultiplyAdd(x, r0, s00);
                s01 = Vector128.FusedMultiplyAdd(x, r1, s01);
                x = Vector128.Create(left[1]);
                s10 = Vector128.FusedMultiplyAdd(x, r0, s10);
                s11 = Vector128.FusedMultiplyAdd(x, r1, s11);
                x = Vector128.Create(left[2]);
                s20 = Vector128.FusedMultiplyAdd(x, r0, s20);
                s21 = Vector128.FusedMultiplyAdd(x, r1, s21);
                x = Vector128.Create(left[3]);
                s30 = Vector128.FusedMultiplyAdd(x, r0, s30);
                s31 = Vector128.FusedMultiplyAdd(x, r1, s31);
            }
            Store(destination, s00, s01);
            Store(destination + stride, s10, s11);
            Store(destination + (2 * stride), s20, s21);
            Store(destination + (3 * stride), s30, s31);
        }
    }

    private static unsafe void Store(double* row, Vector128<double> s0, Vector128<double> s1)
    {
        unchecked
        {
            (Vector128.Load(row) + s0).Store(row);
            (Vector128.Load(row + 2) + s1).Store(row + 2);
        }
    }
}
