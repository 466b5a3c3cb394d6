using Coterie.Core.Numerics;

namespace Coterie.Learning.Evaluation;

internal static class EvaluationInput
{
    /// <summary>Predictions n x columns against targets n x 1, n at least 1.</summary>
    public static void Check(Matrix predictions, Matrix targets, int columns)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Rows == 0 || targets.Columns != 1) throw new ArgumentException($"Targets are n x 1 with at least one row, not {targets}.", nameof(targets));
        if (predictions.Rows != targets.Rows || predictions.Columns != columns)
            throw new ArgumentException($"Predictions are {predictions}; {targets.Rows} x {columns} expected.", nameof(predictions));
    }

    /// <summary>The class index in a target cell.</summary>
    public static int Class(Matrix targets, int row, int classes)
    {
        var value = targets[row, 0];
        return value >= 0 && value < classes && value == Math.Floor(value)
            ? (int)value
            : throw new ArgumentException($"Row {row} has class {value}; an index below {classes} is expected.", nameof(targets));
    }
}
