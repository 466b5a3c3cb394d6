namespace Coterie.Core.Numerics;

/// <summary>
/// Products of dense row-major matrices. Shapes are stated per method and lengths are the caller's promise. Every entry adds its products in ascending
/// order with fused multiply-adds, whatever the width of the machine's vectors.
/// </summary>
public static class DenseKernels
{
    /// <summary>destination (m x n) = left (m x k) right (k x n).</summary>
    public static void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        destination[..(m * n)].Clear();
        for (var i = 0; i < m; i++)
            for (var p = 0; p < k; p++)
                AddScaled(right.Slice(p * n, n), left[(i * k) + p], destination.Slice(i * n, n));
    }

    /// <summary>destination (m x n) += left' right for left of k x m and right of k x n.</summary>
    public static void AddTransposeProduct(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        for (var p = 0; p < k; p++)
            for (var i = 0; i < m; i++)
                AddScaled(right.Slice(p * n, n), left[(p * m) + i], destination.Slice(i * n, n));
    }

    /// <summary>destination (m x n) = left right' for left of m x k and right of n x k.</summary>
    public static void MultiplyTranspose(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> destination, int m, int k, int n)
    {
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                double sum = 0;
                for (var p = 0; p < k; p++) sum = Math.FusedMultiplyAdd(left[(i * k) + p], right[(j * k) + p], sum);
                destination[(i * n) + j] = sum;
            }
    }

    private static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> destination)
    {
        for (var j = 0; j < source.Length; j++) destination[j] = Math.FusedMultiplyAdd(factor, source[j], destination[j]);
    }
}
