using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>One shard's loss, gradient and Hessian pairs under the softmax.</summary>
internal sealed class MultinomialRows(DesignRows rows, Matrix targets, double[]? weights, int classes) : ILocal<MultinomialModel>
{
    /// <summary>
    /// A bound on n times the mean over rows of (largest - smallest score): scores are sums of w_kj x_j, and max_k - min_k of a sum is at
    /// most the sum of the columns' spreads, each over rows at most the root mean square.
    /// </summary>
    public static double SpreadBound(MultinomialModel model, ReadOnlySpan<double> means)
    {
        var spread = TensorPrimitives.Max(model.Intercepts.Values) - TensorPrimitives.Min(model.Intercepts.Values);
        var column = new double[model.Coefficients.Rows];
        for (var j = 0; j < model.Coefficients.Columns; j++)
        {
            model.Coefficients.CopyColumn(j, column);
            spread += (TensorPrimitives.Max<double>(column) - TensorPrimitives.Min<double>(column)) * means[j + 1];
        }
        return spread;
    }

    public Blocks<Matrix> Contribute(MultinomialModel model, Round round)
    {
        var probabilities = new double[classes][];
        var loss = Scores(model, probabilities);
        return Blocks<Matrix>.Of(
            ("loss", Matrix.Scalar(loss)),
            ("gradient", Matrix.Create(classes, rows.Width, gradient => AddGradient(probabilities, gradient))),
            ("hessian", Matrix.Create(classes * (classes - 1) / 2, PackedTriangle.Length(rows.Width), hessian => AddHessian(probabilities, hessian))));
    }

    /// <summary>Fills one array of probabilities per class; returns the weighted loss, by log-sum-exp about the largest score.</summary>
    private double Scores(MultinomialModel model, double[][] probabilities)
    {
        var vector = model.ToVector();
        for (var k = 0; k < classes; k++)
            rows.Multiply(vector.Values.Slice(k * rows.Width, rows.Width), probabilities[k] = new double[rows.Rows]);
        var scores = new double[classes];
        double loss = 0;
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var k = 0; k < classes; k++) scores[k] = probabilities[k][i];
            var largest = TensorPrimitives.IndexOfMax<double>(scores);
            double others = 0;
            for (var k = 0; k < classes; k++)
                if (k != largest) others += Math.Exp(scores[k] - scores[largest]);
            var actual = (int)targets[i, 0];
            loss += (weights?[i] ?? 1) * (scores[largest] - scores[actual] + Logistic.Log1P(others));
            for (var k = 0; k < classes; k++) probabilities[k][i] = Math.Exp(scores[k] - scores[largest]) / (1 + others);
        }
        return loss;
    }

    private void AddGradient(double[][] probabilities, Span<double> gradient)
    {
        var residuals = new double[rows.Rows];
        for (var k = 0; k < classes; k++)
        {
            for (var i = 0; i < residuals.Length; i++)
                residuals[i] = (weights?[i] ?? 1) * (probabilities[k][i] - (targets[i, 0] == k ? 1 : 0));
            rows.AddTransposeProduct(residuals, gradient.Slice(k * rows.Width, rows.Width));
        }
    }

    /// <summary>Row (k, l), k &lt; l, in lexical order: the upper triangle of X' diag(weight p_k p_l) X.</summary>
    private void AddHessian(double[][] probabilities, Span<double> hessian)
    {
        var products = new double[rows.Rows];
        var length = PackedTriangle.Length(rows.Width);
        var square = new double[rows.Width * rows.Width];
        var pair = 0;
        for (var k = 0; k < classes; k++)
            for (var l = k + 1; l < classes; l++)
            {
                TensorPrimitives.Multiply<double>(probabilities[k], probabilities[l], products);
                if (weights is not null) TensorPrimitives.Multiply<double>(products, weights, products);
                rows.Gram(products, hessian.Slice(pair++ * length, length), square);
            }
    }
}
