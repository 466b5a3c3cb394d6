using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>What outputs say of rows.</summary>
internal static class NetworkPredictions
{
    /// <summary>n x 1 numbers or probabilities of the second class, or n x classes probabilities.</summary>
    public static Matrix Of(NetworkShape shape, NetworkModel model, Matrix features)
    {
        if (features.Columns != shape.Widths[0]) throw new ArgumentException($"{shape.Widths[0]} features expected, {features.Columns} given.", nameof(features));
        var (pass, parameters) = (new NetworkPass(shape), model.ToVector());
        return Matrix.Create(features.Rows, shape.Outputs, values =>
        {
            for (var start = 0; start < features.Rows; start += NetworkPass.LargestBatch)
            {
                var count = Math.Min(NetworkPass.LargestBatch, features.Rows - start);
                var outputs = pass.Forward(parameters, features.Values.Slice(start * features.Columns, count * features.Columns), count);
                Read(shape, model, outputs);
                outputs.CopyTo(values[(start * shape.Outputs)..]);
            }
        });
    }

    private static void Read(NetworkShape shape, NetworkModel model, Span<double> outputs)
    {
        switch (shape.Objective)
        {
            case NetworkObjective.Squared:
                if (model.Target is not { } scale) throw new InvalidOperationException("The network has not been trained: the scale of its target is not known.");
                foreach (ref var value in outputs) value = scale.Mean + (scale.Deviation * value);
                break;
            case NetworkObjective.Logistic:
                foreach (ref var value in outputs) value = Logistic.Sigmoid(value);
                break;
            case NetworkObjective.OneVsRest:
                foreach (ref var value in outputs) value = Logistic.Sigmoid(value);
                for (var at = 0; at < outputs.Length; at += shape.Outputs) Share(outputs.Slice(at, shape.Outputs));
                break;
            default:
                for (var at = 0; at < outputs.Length; at += shape.Outputs)
                    TensorPrimitives.SoftMax<double>(outputs.Slice(at, shape.Outputs), outputs.Slice(at, shape.Outputs));
                break;
        }
    }

    /// <summary>Each class' own probability over their sum; alike where none has any.</summary>
    private static void Share(Span<double> row)
    {
        var sum = TensorPrimitives.Sum<double>(row);
        if (sum > 0) TensorPrimitives.Divide(row, sum, row);
        else row.Fill(1.0 / row.Length);
    }
}
