using Coterie.Core.Learning;

namespace Coterie.Learning.Neural;

/// <summary>Bounds on gradients of a network with one hidden layer, from public ranges and the model (Cauchy, Schwarz): products of root mean squares over all rows.</summary>
internal static class HiddenBounds
{
    /// <summary>A sigmoid under fixed point errs by up to 2^-10, which tanh doubles.</summary>
    private const double Slack = 1 + (1.0 / 512);

    /// <summary>No entry of <see cref="HiddenPass.GradientAsync"/> over n and the rows' largest weight exceeds it.</summary>
    /// <exception cref="ArithmeticException">The model has left the finite numbers.</exception>
    public static double OfGradient(HiddenNetwork learner, Schema schema, NetworkModel model)
    {
        var means = LinearRows.MeanBounds(schema);
        var (first, last) = (model.Layers[0], model.Layers[1]);
        int width = last.Weights.Rows, outputs = last.Weights.Columns;
        var activated = new double[width];
        for (var h = 0; h < width; h++)
            activated[h] = learner.Activation == Activation.Relu
                ? Math.Abs(first.Biases[0, h]) + Enumerable.Range(0, schema.FeatureCount).Sum(j => Math.Abs(first.Weights[j, h]) * means[j + 1])
                : Slack;
        var residual = Slack;
        if (learner.Objective == NetworkObjective.Squared)
        {
            var scale = model.Scale ?? throw new ArgumentException("The model has no scale of the target; it is not one of a network in training.", nameof(model));
            var output = Math.Abs(last.Biases[0, 0]) + Enumerable.Range(0, width).Sum(h => Math.Abs(last.Weights[h, 0]) * activated[h]);
            residual = (scale.Deviation * output) + Math.Abs(scale.Mean) + 1;
        }
        var slope = learner.Activation == Activation.Sigmoid ? 0.25 : 1;
        var below = Enumerable.Range(0, width).Max(h => Enumerable.Range(0, outputs).Sum(k => Math.Abs(last.Weights[h, k]))) * slope * residual;
        var bound = Math.Max(residual * Math.Max(1, activated.Max()), below * means.Max());
        return double.IsFinite(bound)
            ? LinearRows.Positive(bound)
            : throw new ArithmeticException("The network's training left the finite numbers; a smaller learning-rate or standardised features are needed.");
    }
}
