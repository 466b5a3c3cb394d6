using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>Moves the common weights by what participants sent together.</summary>
internal sealed class CentralStep(NeuralNetwork learner, NetworkShape shape)
{
    /// <summary>Of averages through Adam, where the task names no rate (Reddi et al. 2021 search around it).</summary>
    private const double RateOfChanges = 0.01;

    /// <summary>The model after a step by <paramref name="sum"/> / <paramref name="share"/>; the penalty of a gradient is that of a batch of <paramref name="rows"/>.</summary>
    public NetworkModel Move(NetworkModel model, double[] sum, double share, double rows)
    {
        var parameters = model.ToVector();
        TensorPrimitives.Divide(sum, share, sum);
        var memory = learner.Scheme == FederatedScheme.FedSgd ? Descend(parameters, sum, model.Memory, rows) : Average(parameters, sum, model.Memory);
        return model with { Layers = NetworkModel.LayersOf(shape, parameters), Memory = memory };
    }

    private StepMemory? Descend(double[] parameters, double[] gradient, StepMemory? memory, double rows)
    {
        Penalty.AddGradient(shape, parameters, learner.Alpha / rows, gradient);
        var rate = learner.ServerLearningRate ?? learner.LearningRate;
        if (learner.ServerOptimizer == ServerOptimizer.Adam) return Adam(parameters, gradient, memory, AdamConstants.OfGradients, rate);
        var velocity = memory is { Moments.Columns: 1 } ? memory.Moments.ToArray() : new double[parameters.Length];
        StepKernels.Sgd(parameters, gradient, velocity, rate, learner.Momentum, learner.IsNesterov);
        return learner.Momentum > 0 ? new StepMemory(Matrix.Column(velocity), (memory?.Steps ?? 0) + 1) : null;
    }

    private StepMemory? Average(double[] parameters, double[] change, StepMemory? memory)
    {
        if (learner.ServerOptimizer == ServerOptimizer.None)
        {
            MatrixKernels.AddScaled(change, learner.ServerLearningRate ?? 1, parameters);
            return null;
        }
        TensorPrimitives.Negate(change, change);
        return Adam(parameters, change, memory, AdamConstants.OfChanges, learner.ServerLearningRate ?? RateOfChanges);
    }

    private static StepMemory Adam(double[] parameters, double[] gradient, StepMemory? memory, AdamConstants constants, double rate)
    {
        double[] first = new double[parameters.Length], second = new double[parameters.Length];
        if (memory is { Moments.Columns: 2 })
        {
            memory.Moments.CopyColumn(0, first);
            memory.Moments.CopyColumn(1, second);
        }
        var steps = (memory?.Steps ?? 0) + 1;
        StepKernels.Adam(parameters, gradient, first, second, constants, rate, steps);
        return new StepMemory(Matrix.Column(first).Beside(Matrix.Column(second)), steps);
    }
}

/// <summary>The penalty strength / 2 times the squared weights; biases are free.</summary>
internal static class Penalty
{
    /// <summary>gradient += strength times the weights.</summary>
    public static void AddGradient(NetworkShape shape, ReadOnlySpan<double> parameters, double strength, Span<double> gradient)
    {
        if (strength == 0) return;
        for (var l = 0; l < shape.Layers; l++)
        {
            var (at, count) = (shape.OffsetOf(l), shape.WeightsOf(l));
            MatrixKernels.AddScaled(parameters.Slice(at, count), strength, gradient.Slice(at, count));
        }
    }
}
