using System.Numerics.Tensors;

namespace Coterie.Learning.Neural;

/// <summary>Losses of outputs, row by row, and what they are differentiated by the outputs.</summary>
internal static class LossKernels
{
    /// <summary>
    /// The weighted sum of the rows' losses; outputs (rows x width) become its gradient. Targets: rows x width for squares, else one class index per row.
    /// Weights: one per row; empty means ones.
    /// </summary>
    public static double ToGradient(NetworkObjective objective, Span<double> outputs, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights, int width)
    {
        double sum = 0;
        for (var i = 0; i < outputs.Length / width; i++)
        {
            var row = outputs.Slice(i * width, width);
            var loss = objective switch
            {
                NetworkObjective.Squared => Squared(row, targets.Slice(i * width, width)),
                NetworkObjective.Logistic => LogOdds(row, targets[i]),
                NetworkObjective.OneVsRest => EachLogOdds(row, (int)targets[i]),
                _ => Softmax(row, (int)targets[i]),
            };
            if (weights.IsEmpty)
            {
                sum += loss;
                continue;
            }
            sum += weights[i] * loss;
            TensorPrimitives.Multiply(row, weights[i], row);
        }
        return sum;
    }

    private static double Squared(Span<double> row, ReadOnlySpan<double> target)
    {
        TensorPrimitives.Subtract(row, target, row);
        var loss = TensorPrimitives.SumOfSquares<double>(row);
        TensorPrimitives.Multiply(row, 2, row);
        return loss;
    }

    private static double LogOdds(Span<double> row, double target)
    {
        var (loss, residual, _) = Logistic.Row(row[0], target == 1);
        row[0] = residual;
        return loss;
    }

    private static double EachLogOdds(Span<double> row, int target)
    {
        double sum = 0;
        for (var k = 0; k < row.Length; k++) sum += LogOdds(row.Slice(k, 1), k == target ? 1 : 0);
        return sum;
    }

    private static double Softmax(Span<double> row, int target)
    {
        var largest = TensorPrimitives.Max<double>(row);
        var odds = row[target] - largest;
        double sum = 0;
        foreach (ref var value in row) sum += value = Math.Exp(value - largest);
        TensorPrimitives.Divide(row, sum, row);
        row[target] -= 1;
        return Math.Log(sum) - odds;
    }
}
