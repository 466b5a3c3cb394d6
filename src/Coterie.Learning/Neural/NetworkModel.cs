using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>A network of dense layers; every hidden layer is followed by the learner's activation.</summary>
/// <param name="Layers">From the features to the outputs.</param>
public sealed record NetworkModel(ImmutableArray<DenseLayer> Layers)
{
    /// <summary>What outputs of a regression are measured in; null for classes, and until the first round has found it.</summary>
    public TargetScale? Target { get; init; }

    /// <summary>What central steps remember, while training.</summary>
    public StepMemory? Memory { get; init; }

    /// <summary>While training with compression: a bound on the length of most weighted contributions, from the round before; null: nothing has told it yet.</summary>
    public double? Range { get; init; }

    /// <summary>
    /// While training on values that may be hidden: <see cref="Target"/> on the scale on which the target's agreed range is [-1, 1]; null otherwise.
    /// </summary>
    public TargetScale? Scale { get; init; }

    /// <summary>All weights and biases as one vector.</summary>
    internal double[] ToVector() => [.. Layers.SelectMany(l => l.Weights.ToArray().Concat(l.Biases.ToArray()))];

    /// <summary>Layers from one vector.</summary>
    internal static ImmutableArray<DenseLayer> LayersOf(NetworkShape shape, ReadOnlySpan<double> vector)
    {
        var layers = ImmutableArray.CreateBuilder<DenseLayer>(shape.Layers);
        for (var l = 0; l < shape.Layers; l++)
        {
            var (at, count, width) = (shape.OffsetOf(l), shape.WeightsOf(l), shape.Widths[l + 1]);
            layers.Add(new DenseLayer(new Matrix(shape.Widths[l], width, vector.Slice(at, count).ToArray()), new Matrix(1, width, vector.Slice(at + count, width).ToArray())));
        }
        return layers.MoveToImmutable();
    }

    /// <summary><c>weights_l</c> (inputs x outputs) and <c>biases_l</c> (1 x outputs) from 1, then <c>target</c> or <c>scale</c>, <c>memory</c>, <c>steps</c> and <c>range</c> where there are such.</summary>
    internal Blocks<Matrix> Pack()
    {
        var blocks = Blocks<Matrix>.Empty;
        for (var l = 0; l < Layers.Length; l++)
            blocks = blocks.With(FormattableString.Invariant($"weights_{l + 1}"), Layers[l].Weights).With(FormattableString.Invariant($"biases_{l + 1}"), Layers[l].Biases);
        if (Scale is not null) blocks = blocks.With("scale", Matrix.Column(Scale.Mean, Scale.Deviation));
        else if (Target is not null) blocks = blocks.With("target", Matrix.Column(Target.Mean, Target.Deviation));
        if (Memory is not null) blocks = blocks.With("memory", Memory.Moments).With("steps", Matrix.Scalar(Memory.Steps));
        if (Range is { } range) blocks = blocks.With("range", Matrix.Scalar(range));
        return blocks;
    }

    /// <summary>The model of a shape from its blocks.</summary>
    internal static NetworkModel Unpack(NetworkShape shape, Blocks<Matrix> blocks)
    {
        var layers = ImmutableArray.CreateBuilder<DenseLayer>(shape.Layers);
        for (var l = 0; l < shape.Layers; l++)
            layers.Add(new DenseLayer(
                blocks.Require(FormattableString.Invariant($"weights_{l + 1}"), shape.Widths[l], shape.Widths[l + 1]),
                blocks.Require(FormattableString.Invariant($"biases_{l + 1}"), 1, shape.Widths[l + 1])));
        return new NetworkModel(layers.MoveToImmutable())
        {
            Target = ScaleOf(blocks, "target", double.Epsilon),
            // Whoever contributes to a model that is hidden from it has zeros.
            Scale = ScaleOf(blocks, "scale", 0),
            Memory = blocks.Find("memory") is { } memory ? MemoryOf(blocks, shape.ParameterCount, memory.Columns) : null,
            Range = blocks.Find("range") is null ? null : blocks.Require("range", 1, 1)[0, 0],
        };
    }

    private static TargetScale? ScaleOf(Blocks<Matrix> blocks, string name, double leastDeviation)
    {
        if (blocks.Find(name) is null) return null;
        var block = blocks.Require(name, 2, 1);
        return block[1, 0] >= leastDeviation
            ? new TargetScale(block[0, 0], block[1, 0])
            : throw new ArgumentException($"Block '{name}' holds the deviation {block[1, 0]}; a positive number is expected.", nameof(blocks));
    }

    private static StepMemory MemoryOf(Blocks<Matrix> blocks, int parameters, int columns)
    {
        if (columns is not (1 or 2)) throw new ArgumentException($"Block 'memory' has {columns} columns; 1 or 2 are expected.", nameof(blocks));
        var steps = blocks.Require("steps", 1, 1)[0, 0];
        return steps >= 0 && steps < 1L << 53 && steps == Math.Floor(steps)
            ? new StepMemory(blocks.Require("memory", parameters, columns), (long)steps)
            : throw new ArgumentException($"Block 'steps' holds {steps}; a number of steps is expected.", nameof(blocks));
    }
}

/// <summary>x becomes x W + b.</summary>
/// <param name="Weights">W: inputs x outputs.</param>
/// <param name="Biases">b: 1 x outputs.</param>
public sealed record DenseLayer(Matrix Weights, Matrix Biases);

/// <summary>A prediction is mean + deviation * output.</summary>
/// <param name="Mean">Weighted mean of the training targets of all participants.</param>
/// <param name="Deviation">Their weighted population standard deviation, positive.</param>
public sealed record TargetScale(double Mean, double Deviation);

/// <summary>What an optimiser remembers of former steps.</summary>
/// <param name="Moments">One row per parameter: the velocity, or Adam's two moments.</param>
/// <param name="Steps">Steps taken.</param>
public sealed record StepMemory(Matrix Moments, long Steps);
