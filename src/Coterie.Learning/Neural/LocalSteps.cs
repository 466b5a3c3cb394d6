namespace Coterie.Learning.Neural;

/// <summary>Steps of a participant within one round; its moments end with the round.</summary>
internal sealed class LocalSteps(NeuralNetwork learner, int length)
{
    private readonly double[] _first = new double[length];
    private readonly double[] _second = learner.Optimizer == LocalOptimizer.Adam ? new double[length] : [];
    private long _steps;

    /// <summary>Moves the parameters by one step against the gradient.</summary>
    public void Take(Span<double> parameters, ReadOnlySpan<double> gradient)
    {
        if (learner.Optimizer == LocalOptimizer.Adam)
            StepKernels.Adam(parameters, gradient, _first, _second, AdamConstants.OfGradients, learner.LearningRate, ++_steps);
        else
            StepKernels.Sgd(parameters, gradient, _first, learner.LearningRate, learner.Momentum, learner.IsNesterov);
    }
}
