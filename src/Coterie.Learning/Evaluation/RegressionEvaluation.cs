using Coterie.Core.Numerics;

namespace Coterie.Learning.Evaluation;

/// <summary>Errors of predicted numbers.</summary>
public static class RegressionEvaluation
{
    /// <summary>
    /// <c>mse</c>, <c>rmse</c>, <c>mae</c> and <c>r2</c> = 1 - SSE / SST about the mean of <paramref name="targets"/>
    /// (NaN when the targets are constant).
    /// </summary>
    /// <param name="predictions">n x 1, n at least 1.</param>
    /// <param name="targets">n x 1.</param>
    /// <exception cref="ArgumentException">Shapes differ or there are no rows.</exception>
    public static Metrics Evaluate(Matrix predictions, Matrix targets)
    {
        EvaluationInput.Check(predictions, targets, 1);
        var n = targets.Rows;
        double mean = 0, squares = 0, magnitudes = 0, total = 0;
        for (var i = 0; i < n; i++) mean += targets[i, 0] / n;
        for (var i = 0; i < n; i++)
        {
            var error = targets[i, 0] - predictions[i, 0];
            squares += error * error;
            magnitudes += Math.Abs(error);
            total += (targets[i, 0] - mean) * (targets[i, 0] - mean);
        }
        return Metrics.Empty
            .With("mse", squares / n)
            .With("rmse", Math.Sqrt(squares / n))
            .With("mae", magnitudes / n)
            .With("r2", total > 0 ? 1 - (squares / total) : double.NaN);
    }
}
