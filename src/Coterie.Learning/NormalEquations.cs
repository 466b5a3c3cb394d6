using Coterie.Core.Numerics;
using MathNet.Numerics.LinearAlgebra;
using Matrix = Coterie.Core.Numerics.Matrix;

namespace Coterie.Learning;

/// <summary>Solves ridge regression from the Gram matrix of [1 | X] and its products with y.</summary>
internal static class NormalEquations
{
    /// <summary>
    /// Pivots below this share of a unit diagonal are noise of forming the Gram matrix: the columns are taken as dependent.
    /// Correlations up to 1 - 10^-11 still count as independent.
    /// </summary>
    private const double DependentPivot = 1e-11;

    /// <summary>A column whose variance is below this share of its mean square is constant up to rounding.</summary>
    private const double ConstantColumn = 1e-13;

    /// <summary>gram: (d + 1) x (d + 1), intercept first; moments: (d + 1) x 1. All zero when there are no rows.</summary>
    public static LinearModel Solve(Matrix gram, Matrix moments, double alpha, bool penalizeIntercept)
    {
        var d = gram.Rows - 1;
        var rows = gram[0, 0];
        if (!(rows > 0)) return LinearModel.Zero(d);
        if (penalizeIntercept)
        {
            var all = SolveSymmetric(AddToDiagonal(gram, alpha), moments);
            return new LinearModel(all.Slice(1, 0, d, 1), all[0, 0]);
        }
        var coefficients = SolveSymmetric(AddToDiagonal(Centre(gram), alpha), CentreMoments(gram, moments));
        var intercept = moments[0, 0];
        for (var j = 0; j < d; j++) intercept -= gram[0, j + 1] * coefficients[j, 0];
        return new LinearModel(coefficients, intercept / rows);
    }

    /// <summary>d x d: products of centred features, zero in constant columns.</summary>
    public static Matrix Centre(Matrix gram)
    {
        var d = gram.Rows - 1;
        var constant = new bool[d];
        for (var j = 1; j <= d; j++)
            constant[j - 1] = gram[j, j] - (gram[0, j] * gram[0, j] / gram[0, 0]) <= ConstantColumn * gram[j, j];
        return Matrix.Create(d, d, values =>
        {
            for (var j = 0; j < d; j++)
                for (var k = 0; k < d; k++)
                    if (!constant[j] && !constant[k])
                        values[(j * d) + k] = gram[j + 1, k + 1] - (gram[0, j + 1] * gram[0, k + 1] / gram[0, 0]);
        });
    }

    /// <summary>d x 1: products of centred features with the target.</summary>
    public static Matrix CentreMoments(Matrix gram, Matrix moments) => Matrix.Create(gram.Rows - 1, 1, values =>
    {
        for (var j = 0; j < values.Length; j++) values[j] = moments[j + 1, 0] - (gram[0, j + 1] * moments[0, 0] / gram[0, 0]);
    });

    private static Matrix AddToDiagonal(Matrix a, double alpha) => Matrix.Create(a.Rows, a.Rows, values =>
    {
        a.Values.CopyTo(values);
        for (var j = 0; j < a.Rows; j++) values[j * (a.Rows + 1)] += alpha;
    });

    private static Matrix SolveSymmetric(Matrix a, Matrix b)
    {
        if (!Cholesky.TrySolve(a, b, DependentPivot, out var solution)) return SolveMinimumNorm(a, b);
        // One step of refinement removes what the factorisation lost on ill-conditioned columns.
        return Cholesky.TrySolve(a, b - (a * solution), DependentPivot, out var correction) ? solution + correction : solution;
    }

    /// <summary>The least-squares solution of smallest norm: directions whose eigenvalue is noise get nothing.</summary>
    private static Matrix SolveMinimumNorm(Matrix a, Matrix b)
    {
        var n = a.Rows;
        var eigen = Matrix<double>.Build.DenseOfRowMajor(n, n, a.ToArray()).Evd(Symmetricity.Symmetric);
        var noise = eigen.EigenValues[n - 1].Real * DependentPivot;
        var solution = new double[n];
        for (var e = 0; e < n; e++)
        {
            var value = eigen.EigenValues[e].Real;
            if (value <= noise || value <= 0) continue;
            var vector = eigen.EigenVectors.Column(e).AsArray() ?? eigen.EigenVectors.Column(e).ToArray();
            double product = 0;
            for (var i = 0; i < n; i++) product += vector[i] * b[i, 0];
            MatrixKernels.AddScaled(vector, product / value, solution);
        }
        return new Matrix(n, 1, solution);
    }
}
