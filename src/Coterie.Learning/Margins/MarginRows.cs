namespace Coterie.Learning.Margins;

/// <summary>A shard's rows under a loss of their function values: what they add to loss, gradient and Hessian.</summary>
/// <param name="rows">[1 | X].</param>
/// <param name="weights">One per row; null where every row counts once.</param>
internal sealed class MarginRows(DesignRows rows, double[]? weights)
{
    /// <summary>d + 1.</summary>
    public int Width => rows.Width;

    /// <summary>
    /// The loss at a function of d + 1 coefficients, intercept first; adds to its <paramref name="gradient"/> (d + 1), and writes the upper triangle of X' diag(curvature) X
    /// to <paramref name="hessian"/>.
    /// </summary>
    public double Evaluate(RowLoss loss, ReadOnlySpan<double> function, Func<int, bool> isSecond, Span<double> gradient, Span<double> hessian)
    {
        double[] values = new double[rows.Rows], slopes = new double[rows.Rows], curvatures = new double[rows.Rows];
        rows.Multiply(function, values);
        double total = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var weight = weights?[i] ?? 1;
            var row = loss(values[i], isSecond(i));
            total += weight * row.Loss;
            slopes[i] = weight * row.Slope;
            curvatures[i] = weight * row.Curvature;
        }
        rows.AddTransposeProduct(slopes, gradient);
        rows.Gram(curvatures, hessian, new double[rows.Width * rows.Width]);
        return total;
    }
}
