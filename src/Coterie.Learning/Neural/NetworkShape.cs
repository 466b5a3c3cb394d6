using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Randomness;

namespace Coterie.Learning.Neural;

/// <summary>
/// Widths and functions of a network of dense layers. Its parameters are one vector: layer by layer the weights (inputs x outputs, row-major), then the biases.
/// </summary>
/// <param name="Widths">Features, hidden widths, outputs; at least two numbers.</param>
/// <param name="Activation">Of the hidden layers.</param>
/// <param name="Objective">Of the outputs.</param>
internal sealed record NetworkShape(ImmutableArray<int> Widths, Activation Activation, NetworkObjective Objective)
{
    private const ulong StreamOfWeights = 0x6E_6574_7761UL << 24;

    /// <summary>Number of layers with weights.</summary>
    public int Layers => Widths.Length - 1;

    /// <summary>Number of parameters.</summary>
    public int ParameterCount { get; } = Count(Widths);

    /// <summary>Number of outputs.</summary>
    public int Outputs => Widths[^1];

    /// <summary>Where a layer's weights start; its biases follow them.</summary>
    public int OffsetOf(int layer)
    {
        var offset = 0;
        for (var l = 0; l < layer; l++) offset += (Widths[l] + 1) * Widths[l + 1];
        return offset;
    }

    /// <summary>Number of weights of a layer, without biases.</summary>
    public int WeightsOf(int layer) => Widths[layer] * Widths[layer + 1];

    /// <summary>
    /// Weights and biases uniform within sqrt(6 / (inputs + outputs)), for sigmoids sqrt(2 / (inputs + outputs)) (Glorot, Bengio 2010).
    /// </summary>
    public double[] Draw(ulong seed)
    {
        var random = new SeededRandom(seed, StreamOfWeights);
        var parameters = new double[ParameterCount];
        var at = 0;
        for (var l = 0; l < Layers; l++)
        {
            var reach = Math.Sqrt((Activation == Activation.Sigmoid ? 2.0 : 6.0) / (Widths[l] + Widths[l + 1]));
            for (var i = (Widths[l] + 1) * Widths[l + 1]; i > 0; i--) parameters[at++] = reach * ((2 * random.NextDouble()) - 1);
        }
        return parameters;
    }

    /// <summary>The shape for a schema.</summary>
    /// <exception cref="ArgumentException">The target is not what the objective needs.</exception>
    public static NetworkShape Of(Schema schema, ImmutableArray<int> hidden, Activation activation, NetworkObjective objective)
    {
        var classes = schema.ClassCount;
        var outputs = objective is NetworkObjective.Softmax or NetworkObjective.OneVsRest ? MultinomialModel.Classes(schema) : 1;
        if (objective == NetworkObjective.Squared && classes > 0)
            throw new ArgumentException($"The target '{schema.Target?.Name}' has {classes} classes; objective logistic, softmax or one-vs-rest is expected.", nameof(schema));
        if (objective == NetworkObjective.Logistic && classes is not (0 or 2))
            throw new ArgumentException($"The target '{schema.Target?.Name}' has {classes} classes; objective softmax or one-vs-rest is expected.", nameof(schema));
        return new NetworkShape([schema.FeatureCount, .. hidden, outputs], activation, objective);
    }

    private static int Count(ImmutableArray<int> widths)
    {
        var count = 0;
        for (var l = 1; l < widths.Length; l++) count += (widths[l - 1] + 1) * widths[l];
        return count;
    }
}
