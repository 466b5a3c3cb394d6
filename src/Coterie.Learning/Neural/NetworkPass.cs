using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>Forward and backward passes over batches of rows; owns the memory they need and nothing else.</summary>
internal sealed class NetworkPass(NetworkShape shape)
{
    /// <summary>Rows of one product: enough to fill the kernels, few enough to stay in cache.</summary>
    public const int LargestBatch = 256;

    private readonly double[]?[] _activations = new double[shape.Layers][];
    private readonly double[]?[] _spare = new double[2][];

    /// <summary>
    /// gradient += the gradient, at <paramref name="parameters"/>, of the weighted sum of losses of the rows (n x features, any n); returns that sum.
    /// </summary>
    public double AddGradient(ReadOnlySpan<double> parameters, ReadOnlySpan<double> rows, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        var width = shape.Widths[0];
        var perTarget = shape.Objective == NetworkObjective.Squared ? shape.Outputs : 1;
        double loss = 0;
        for (int start = 0, count = targets.Length / perTarget; start < count; start += LargestBatch)
        {
            var length = Math.Min(LargestBatch, count - start);
            var part = rows.Slice(start * width, length * width);
            var outputs = Forward(parameters, part, length);
            loss += LossKernels.ToGradient(shape.Objective, outputs, targets.Slice(start * perTarget, length * perTarget), weights.IsEmpty ? default : weights.Slice(start, length), shape.Outputs);
            Backward(parameters, part, length, outputs, gradient);
        }
        return loss;
    }

    /// <summary>The outputs (n x outputs) for n rows, valid until the next pass.</summary>
    public Span<double> Forward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> rows, int count)
    {
        var input = rows;
        for (var l = 0; l < shape.Layers; l++)
        {
            int wide = shape.Widths[l], narrow = shape.Widths[l + 1], at = shape.OffsetOf(l);
            var sums = Room(ref _activations[l], count * narrow);
            DenseKernels.Multiply(input, parameters.Slice(at, wide * narrow), sums, count, wide, narrow);
            var biases = parameters.Slice(at + (wide * narrow), narrow);
            for (var i = 0; i < count; i++) TensorPrimitives.Add(sums.Slice(i * narrow, narrow), biases, sums.Slice(i * narrow, narrow));
            if (l < shape.Layers - 1) ActivationKernels.Apply(shape.Activation, sums);
            input = sums;
        }
        return Room(ref _activations[^1], count * shape.Outputs);
    }

    private void Backward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> rows, int count, Span<double> outputs, Span<double> gradient)
    {
        var sums = outputs;
        for (var l = shape.Layers - 1; l >= 0; l--)
        {
            int wide = shape.Widths[l], narrow = shape.Widths[l + 1], at = shape.OffsetOf(l);
            var input = l == 0 ? rows : _activations[l - 1].AsSpan(0, count * wide);
            DenseKernels.AddTransposeProduct(input, sums, gradient.Slice(at, wide * narrow), wide, count, narrow);
            var biases = gradient.Slice(at + (wide * narrow), narrow);
            for (var i = 0; i < count; i++) TensorPrimitives.Add(biases, sums.Slice(i * narrow, narrow), biases);
            if (l == 0) return;
            var below = Room(ref _spare[l % 2], count * wide);
            DenseKernels.MultiplyTranspose(sums, parameters.Slice(at, wide * narrow), below, count, narrow, wide);
            ActivationKernels.MultiplyByDerivative(shape.Activation, input, below);
            sums = below;
        }
    }

    private static Span<double> Room(ref double[]? memory, int length)
    {
        if (memory is null || memory.Length < length) memory = new double[length];
        return memory.AsSpan(0, length);
    }
}
