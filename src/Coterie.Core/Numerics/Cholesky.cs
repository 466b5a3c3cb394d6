using System.Numerics;
using System.Numerics.Tensors;

namespace Coterie.Core.Numerics;

/// <summary>Cholesky factorisation A = L L' of symmetric positive definite matrices, by blocks of columns (Golub, Van Loan, section 4.2).</summary>
public static class Cholesky
{
    /// <summary>
    /// Solves A x = b in double precision after scaling A to a unit diagonal.
    /// Returns false, leaving <paramref name="solution"/> undefined, when a pivot falls below <paramref name="pivotTolerance"/>
    /// of the scaled diagonal: A is then singular to that precision.
    /// </summary>
    /// <param name="a">n x n, symmetric; only the lower triangle is read.</param>
    /// <param name="b">n x m.</param>
    /// <param name="pivotTolerance">Smallest pivot accepted, relative to a diagonal of ones.</param>
    /// <param name="solution">n x m.</param>
    public static bool TrySolve(Matrix a, Matrix b, double pivotTolerance, out Matrix solution)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var n = a.Rows;
        if (a.Columns != n || b.Rows != n) throw new ArgumentException($"A system of {a} with {b} is not square.", nameof(b));
        var scale = new double[n];
        for (var i = 0; i < n; i++) scale[i] = a[i, i] > 0 ? 1 / Math.Sqrt(a[i, i]) : 1;
        var factor = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                factor[(i * n) + j] = a[i, j] * scale[i] * scale[j];
        solution = b;
        if (!TryFactorize(factor, n, pivotTolerance)) return false;

        var columns = b.Columns;
        var x = new double[n * columns];
        Span<double> column = new double[n];
        for (var c = 0; c < columns; c++)
        {
            for (var i = 0; i < n; i++) column[i] = b[i, c] * scale[i];
            SolveInPlace(factor, column, n);
            for (var i = 0; i < n; i++) x[(i * columns) + c] = column[i] * scale[i];
        }
        solution = new Matrix(n, columns, x);
        return true;
    }

    /// <summary>Columns factored at a time: a tile of 32 rows of them stays in the first-level cache.</summary>
    private const int PanelColumns = 64, TileRows = 32;

    /// <summary>Replaces the lower triangle of <paramref name="a"/> (n x n) by L; false when a pivot is at most the tolerance.</summary>
    public static bool TryFactorize(Span<double> a, int n, double pivotTolerance)
    {
        for (var first = 0; first < n; first += PanelColumns)
        {
            var width = Math.Min(PanelColumns, n - first);
            if (!TryFactorizePanel(a, n, first, width, pivotTolerance)) return false;
            for (var tile = first + width; tile < n; tile += TileRows)
                for (var i = tile; i < n; i++)
                    SubtractProducts(a, n, first, width, i, tile, Math.Min(Math.Min(tile + TileRows, n), i + 1));
        }
        return true;
    }

    /// <summary>Columns [first, first + width) of L, given that earlier columns are already subtracted.</summary>
    private static bool TryFactorizePanel(Span<double> a, int n, int first, int width, double pivotTolerance)
    {
        for (var i = first; i < n; i++)
        {
            var row = a.Slice((i * n) + first, width);
            for (var j = 0; j < width && first + j < i; j++)
            {
                var other = a.Slice(((first + j) * n) + first, j + 1);
                row[j] = (row[j] - TensorPrimitives.Dot<double>(row[..j], other[..j])) / other[j];
            }
            if (i >= first + width) continue;
            var pivot = row[i - first] - TensorPrimitives.Dot<double>(row[..(i - first)], row[..(i - first)]);
            if (!(pivot > pivotTolerance)) return false;
            row[i - first] = Math.Sqrt(pivot);
        }
        return true;
    }

    /// <summary>a[i, k] -= (row i of the panel) (row k of the panel)' for k in [start, end), four at a time.</summary>
    private static void SubtractProducts(Span<double> a, int n, int first, int width, int i, int start, int end)
    {
        ReadOnlySpan<double> row = a.Slice((i * n) + first, width);
        var target = a.Slice(i * n, end);
        var k = start;
        for (; k + 4 <= end; k += 4)
        {
            ReadOnlySpan<double> r0 = a.Slice((k * n) + first, width), r1 = a.Slice(((k + 1) * n) + first, width);
            ReadOnlySpan<double> r2 = a.Slice(((k + 2) * n) + first, width), r3 = a.Slice(((k + 3) * n) + first, width);
            Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
            var p = 0;
            for (; p <= width - Vector<double>.Count; p += Vector<double>.Count)
            {
                var x = new Vector<double>(row[p..]);
                s0 = Vector.FusedMultiplyAdd(x, new Vector<double>(r0[p..]), s0);
                s1 = Vector.FusedMultiplyAdd(x, new Vector<double>(r1[p..]), s1);
                s2 = Vector.FusedMultiplyAdd(x, new Vector<double>(r2[p..]), s2);
                s3 = Vector.FusedMultiplyAdd(x, new Vector<double>(r3[p..]), s3);
            }
            double t0 = Vector.Sum(s0), t1 = Vector.Sum(s1), t2 = Vector.Sum(s2), t3 = Vector.Sum(s3);
            for (; p < width; p++)
            {
                t0 += row[p] * r0[p];
                t1 += row[p] * r1[p];
                t2 += row[p] * r2[p];
                t3 += row[p] * r3[p];
            }
            target[k] -= t0;
            target[k + 1] -= t1;
            target[k + 2] -= t2;
            target[k + 3] -= t3;
        }
        for (; k < end; k++) target[k] -= TensorPrimitives.Dot(row, a.Slice((k * n) + first, width));
    }

    /// <summary>Solves L L' x = b in place.</summary>
    private static void SolveInPlace(ReadOnlySpan<double> factor, Span<double> x, int n)
    {
        for (var i = 0; i < n; i++)
            x[i] = (x[i] - TensorPrimitives.Dot<double>(factor.Slice(i * n, i), x[..i])) / factor[(i * n) + i];
        for (var i = n - 1; i >= 0; i--)
        {
            x[i] /= factor[(i * n) + i];
            MatrixKernels.AddScaled(factor.Slice(i * n, i), -x[i], x[..i]);
        }
    }
}
