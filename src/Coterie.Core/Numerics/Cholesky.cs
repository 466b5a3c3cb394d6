using System.Numerics.Tensors;

namespace Coterie.Core.Numerics;

/// <summary>Cholesky factorisation A = L L' of symmetric positive definite matrices (Golub, Van Loan, section 4.2).</summary>
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

    /// <summary>Replaces the lower triangle of <paramref name="a"/> (n x n) by L; false when a pivot is at most the tolerance.</summary>
    public static bool TryFactorize(Span<double> a, int n, double pivotTolerance)
    {
        for (var i = 0; i < n; i++)
        {
            var rowI = a.Slice(i * n, i);
            for (var j = 0; j < i; j++)
                a[(i * n) + j] = (a[(i * n) + j] - TensorPrimitives.Dot<double>(rowI[..j], a.Slice(j * n, j))) / a[(j * n) + j];
            var pivot = a[(i * n) + i] - TensorPrimitives.Dot<double>(rowI, rowI);
            if (!(pivot > pivotTolerance)) return false;
            a[(i * n) + i] = Math.Sqrt(pivot);
        }
        return true;
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
