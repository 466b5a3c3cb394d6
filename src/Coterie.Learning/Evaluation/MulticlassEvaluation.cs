using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Evaluation;

/// <summary>Quality of predicted class probabilities.</summary>
public static class MulticlassEvaluation
{
    /// <summary>
    /// <c>accuracy</c> and <c>balanced_accuracy</c> (mean recall of the classes that occur) predicting the most probable class, the
    /// first of equals; <c>log_loss</c> (mean, natural, p kept 1e-15 off 0 and 1) and the confusion matrix.
    /// </summary>
    /// <param name="probabilities">n x classes, n at least 1.</param>
    /// <param name="targets">n x 1 of class indices.</param>
    /// <exception cref="ArgumentException">Shapes differ, there are no rows, or a target is no class index.</exception>
    public static Metrics Evaluate(Matrix probabilities, Matrix targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        EvaluationInput.Check(probabilities, targets, probabilities.Columns);
        var classes = probabilities.Columns;
        var confusion = new ConfusionCounts(classes);
        double logLoss = 0;
        for (var i = 0; i < targets.Rows; i++)
        {
            var actual = EvaluationInput.Class(targets, i, classes);
            confusion.Add(actual, TensorPrimitives.IndexOfMax(probabilities.Row(i)));
            logLoss -= ConfusionCounts.LogOf(probabilities[i, actual]);
        }
        return confusion.ToMetrics().With("log_loss", logLoss / targets.Rows);
    }
}
