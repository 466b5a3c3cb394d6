using System.Runtime.Intrinsics;
using Coterie.Core.Numerics.Tiles;

namespace Coterie.Core.Numerics;

/// <summary>
/// Products of dense row-major matrices. Shapes are stated per method, and spans that are too short are refused. Every entry adds its products in ascending
/// order, each fused with its addition, in stretches of 256: the same bits whatever the width of the machine's vectors.
/// </summary>
public static class DenseKernels
{
    /// <summary>Products of fewer multiplications are not worth copies of the factors.</summary>
    private const long SmallProduct = 1024;

    /// <summary>destination (m x n) = left (m x k) right (k x n).</summary>
    public static void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        destination[..(m * n)].Clear();
        if (IsSmall(m, k, n)) AddSmall(left[..(m * k)], k, 1, right[..(k * n)], destination, m, k, n);
        else Add(TileFor(m, n), left[..(m * k)], k, 1, right[..(k * n)], n, 1, destination[..(m * n)], m, k, n);
    }

    /// <summary>destination (m x n) += left' right for left of k x m and right of k x n.</summary>
    public static void AddTransposeProduct(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        if (n == 1)
            for (var p = 0; p < k; p++) AddScaled(left.Slice(p * m, m), right[p], destination);
        else if (IsSmall(m, k, n)) AddSmall(left[..(m * k)], 1, m, right[..(k * n)], destination, m, k, n);
        else Add(TileFor(m, n), left[..(m * k)], 1, m, right[..(k * n)], n, 1, destination[..(m * n)], m, k, n);
    }

    /// <summary>destination (m x n) = left right' for left of m x k and right of n x k.</summary>
    public static void MultiplyTranspose(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        destination[..(m * n)].Clear();
        if (!IsSmall(m, k, n))
        {
            Add(TileFor(m, n), left[..(m * k)], k, 1, right[..(k * n)], 1, k, destination[..(m * n)], m, k, n);
            return;
        }
        // A small product may have one large factor.
        const int Stack = 1024;
        Span<double> turned = k * n <= Stack ? stackalloc double[k * n] : new double[k * n];
        MatrixKernels.Transpose(right[..(k * n)], turned, n, k);
        AddSmall(left[..(m * k)], k, 1, turned, destination, m, k, n);
    }

    /// <summary>Bits of the tile that wastes least on this machine: a wide one computes much that a narrow product does not have.</summary>
    private static int TileFor(int m, int n)
    {
        if (Tile512.IsSupported && PackedProduct.Area<Tile512>(m, n) <= PackedProduct.Area<Tile256>(m, n)) return 512;
        return Tile256.IsSupported ? 256 : 128;
    }

    /// <summary>destination (m x n) += left (m x k) right (k x n), through tiles of so many bits, factors lying by their strides.</summary>
    internal static unsafe void Add(
        int bits, ReadOnlySpan<double> left, int leftRow, int leftColumn, ReadOnlySpan<double> right, int rightRow, int rightColumn, Span<double> destination, int m, int k, int n)
    {
        fixed (double* a = left, b = right, c = destination)
        {
            var (first, second) = (new Operand(a, leftRow, leftColumn), new Operand(b, rightRow, rightColumn));
            switch (bits)
            {
                case 512: PackedProduct.Add<Tile512>(first, second, c, m, k, n); break;
                case 256: PackedProduct.Add<Tile256>(first, second, c, m, k, n); break;
                default: PackedProduct.Add<Tile128>(first, second, c, m, k, n); break;
            }
        }
    }

    private static bool IsSmall(int m, int k, int n) => n < 4 || m < 2 || (long)m * k * n < SmallProduct;

    /// <summary>Row by row: destination (m x n) += left right, the entry (i, p) of left at i * row + p * column.</summary>
    private static void AddSmall(ReadOnlySpan<double> left, int row, int column, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        for (var i = 0; i < m; i++)
        {
            var sums = destination.Slice(i * n, n);
            for (var p = 0; p < k; p++) AddScaled(right.Slice(p * n, n), left[(i * row) + (p * column)], sums);
        }
    }

    private static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> destination)
    {
        var j = 0;
        if (Vector256.IsHardwareAccelerated)
            for (var wide = Vector256.Create(factor); j + Vector256<double>.Count <= source.Length; j += Vector256<double>.Count)
                Vector256.FusedMultiplyAdd(wide, Vector256.Create(source[j..]), Vector256.Create<double>(destination[j..])).CopyTo(destination[j..]);
        for (; j < source.Length; j++) destination[j] = Math.FusedMultiplyAdd(factor, source[j], destination[j]);
    }
}
