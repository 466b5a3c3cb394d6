using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Kernels;

/// <summary>The kernel exp(-gamma |x - c|^2).</summary>
internal static class RbfKernel
{
    /// <summary>n x m: the kernels of the rows of x (n x d) and c (m x d).</summary>
    public static Matrix Between(Matrix x, Matrix c, double gamma) => Matrix.Create(x.Rows, c.Rows, kernels =>
    {
        for (var i = 0; i < x.Rows; i++)
        {
            var row = kernels.Slice(i * c.Rows, c.Rows);
            for (var k = 0; k < c.Rows; k++) row[k] = -gamma * KMeansClusters.SquaredDistance(x.Row(i), c.Row(k));
            TensorPrimitives.Exp<double>(row, row);
        }
    });

    /// <summary>n x m: L^-1 k for every row k of kernels, L L' = K + jitter I the kernel matrix of the centres.</summary>
    public static Matrix Normalized(Matrix kernels, Matrix c, double gamma, double jitter)
    {
        var m = c.Rows;
        var factor = Between(c, c, gamma).ToArray();
        for (var k = 0; k < m; k++) factor[k * (m + 1)] += jitter;
        if (!Cholesky.TryFactorize(factor, m, 0)) throw new ArithmeticException("The kernel matrix of the centres is not finite.");
        return Matrix.Create(kernels.Rows, m, features =>
        {
            for (var i = 0; i < kernels.Rows; i++)
            {
                var row = features.Slice(i * m, m);
                kernels.Row(i).CopyTo(row);
                for (var k = 0; k < m; k++) row[k] = (row[k] - TensorPrimitives.Dot<double>(factor.AsSpan(k * m, k), row[..k])) / factor[k * (m + 1)];
            }
        });
    }
}
