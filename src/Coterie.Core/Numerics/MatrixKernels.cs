using System.Numerics.Tensors;

namespace Coterie.Core.Numerics;

/// <summary>
/// Dense kernels over row-major spans. Shapes are stated per method and lengths are the caller's promise.
/// Sums run in a fixed order, so equal input gives bit-equal output on one machine.
/// </summary>
public static class MatrixKernels
{
    /// <summary>destination (n x m) = the transpose of source (m x n).</summary>
    public static void Transpose(ReadOnlySpan<double> source, Span<double> destination, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                destination[(j * rows) + i] = source[(i * columns) + j];
    }

    /// <summary>destination (m x n) = left (m x k) right (k x n); destination is overwritten.</summary>
    public static void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        if (n == 1)
        {
            for (var i = 0; i < m; i++) destination[i] = TensorPrimitives.Dot(left.Slice(i * k, k), right[..k]);
            return;
        }
        DenseKernels.Multiply(left, right, destination, m, k, n);
    }

    /// <summary>destination += factor * source.</summary>
    public static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> destination) =>
        TensorPrimitives.MultiplyAdd(source, factor, destination, destination);

    /// <summary>
    /// destination (d x d) += X' diag(weights) X for X of rows x d; <paramref name="weights"/> empty means ones.
    /// Rows are taken in pairs of four so that a destination row is loaded once for four rank-one updates.
    /// </summary>
    public static void AddGram(ReadOnlySpan<double> x, ReadOnlySpan<double> weights, Span<double> destination, int rows, int d)
    {
        Span<double> weighted = d <= 512 ? stackalloc double[4 * d] : new double[4 * d];
        var i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            var x0 = x.Slice(i * d, d);
            var x1 = x.Slice((i + 1) * d, d);
            var x2 = x.Slice((i + 2) * d, d);
            var x3 = x.Slice((i + 3) * d, d);
            for (var j = 0; j < d; j++)
            {
                double a0 = x0[j], a1 = x1[j], a2 = x2[j], a3 = x3[j];
                if (!weights.IsEmpty)
                {
                    a0 *= weights[i];
                    a1 *= weights[i + 1];
                    a2 *= weights[i + 2];
                    a3 *= weights[i + 3];
                }
                if (a0 == 0 && a1 == 0 && a2 == 0 && a3 == 0) continue;
                AddScaled4(x0[j..], a0, x1[j..], a1, x2[j..], a2, x3[j..], a3, destination.Slice((j * d) + j, d - j));
            }
        }
        for (; i < rows; i++)
        {
            var row = x.Slice(i * d, d);
            var weight = weights.IsEmpty ? 1 : weights[i];
            TensorPrimitives.Multiply(row, weight, weighted[..d]);
            for (var j = 0; j < d; j++)
                if (weighted[j] != 0) AddScaled(row[j..], weighted[j], destination.Slice((j * d) + j, d - j));
        }
        for (var j = 0; j < d; j++)
            for (var l = 0; l < j; l++)
                destination[(j * d) + l] = destination[(l * d) + j];
    }

    /// <summary>destination (d) += X' v for X of rows x d and v of length rows.</summary>
    public static void AddTransposeProduct(ReadOnlySpan<double> x, ReadOnlySpan<double> v, Span<double> destination, int rows, int d)
    {
        for (var i = 0; i < rows; i++)
            if (v[i] != 0) AddScaled(x.Slice(i * d, d), v[i], destination);
    }

    /// <summary>destination += a0 x0 + a1 x1 + a2 x2 + a3 x3.</summary>
    private static void AddScaled4(
        ReadOnlySpan<double> x0, double a0, ReadOnlySpan<double> x1, double a1,
        ReadOnlySpan<double> x2, double a2, ReadOnlySpan<double> x3, double a3, Span<double> destination)
    {
        var width = System.Numerics.Vector<double>.Count;
        var n = destination.Length;
        var i = 0;
        if (n >= width)
        {
            var v0 = new System.Numerics.Vector<double>(a0);
            var v1 = new System.Numerics.Vector<double>(a1);
            var v2 = new System.Numerics.Vector<double>(a2);
            var v3 = new System.Numerics.Vector<double>(a3);
            for (; i <= n - width; i += width)
            {
                var sum = new System.Numerics.Vector<double>(destination[i..]);
                sum = System.Numerics.Vector.FusedMultiplyAdd(new System.Numerics.Vector<double>(x0[i..]), v0, sum);
                sum = System.Numerics.Vector.FusedMultiplyAdd(new System.Numerics.Vector<double>(x1[i..]), v1, sum);
                sum = System.Numerics.Vector.FusedMultiplyAdd(new System.Numerics.Vector<double>(x2[i..]), v2, sum);
                sum = System.Numerics.Vector.FusedMultiplyAdd(new System.Numerics.Vector<double>(x3[i..]), v3, sum);
                sum.CopyTo(destination[i..]);
            }
        }
        for (; i < n; i++) destination[i] += (a0 * x0[i]) + (a1 * x1[i]) + (a2 * x2[i]) + (a3 * x3[i]);
    }
}
