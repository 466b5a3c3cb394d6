namespace Coterie.Learning;

/// <summary>The upper triangle of a symmetric n x n matrix, row by row: n (n + 1) / 2 numbers.</summary>
internal static class PackedTriangle
{
    public static int Length(int n) => n * (n + 1) / 2;

    /// <summary>Reads the upper triangle of <paramref name="square"/> (n x n, row-major).</summary>
    public static void Pack(ReadOnlySpan<double> square, Span<double> packed, int n)
    {
        for (int i = 0, offset = 0; i < n; offset += n - i, i++) square.Slice((i * n) + i, n - i).CopyTo(packed[offset..]);
    }

    /// <summary>
    /// Adds factor times the symmetric matrix to the n x n part of <paramref name="square"/> that starts at (row, column) of rows of
    /// length <paramref name="stride"/>; both triangles.
    /// </summary>
    public static void AddTo(ReadOnlySpan<double> packed, double factor, Span<double> square, int n, int stride, int row, int column)
    {
        for (int i = 0, offset = 0; i < n; offset += n - i, i++)
            for (var j = i; j < n; j++)
            {
                var value = factor * packed[offset + j - i];
                square[((row + i) * stride) + column + j] += value;
                if (j > i) square[((row + j) * stride) + column + i] += value;
            }
    }
}
