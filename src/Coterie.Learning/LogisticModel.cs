using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>Two classes: the second has probability 1 / (1 + exp(-f(x))).</summary>
/// <param name="Function">f: the log odds of the second class.</param>
public sealed record LogisticModel(LinearModel Function)
{
    /// <summary>The step under trial; null unless training stopped before the next round could judge it.</summary>
    public LineSearch? Search { get; init; }

    /// <summary>What is kept where steps go by a bound on the curvature and training has not ended; else null.</summary>
    public BoundState? Bound { get; init; }

    /// <summary>n x 1: probabilities of the second class.</summary>
    internal static Matrix Probabilities(LinearModel function, Matrix features)
    {
        var odds = function.Evaluate(features);
        return Matrix.Create(odds.Rows, 1, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = Logistic.Sigmoid(odds.Values[i]);
        });
    }

    internal Blocks<Matrix> Pack() => KeptBlocks.Append(Function.Pack(), Search, Bound);

    internal static LogisticModel Unpack(Schema schema, Blocks<Matrix> parameters) =>
        new(LinearModel.Unpack(schema, parameters))
        {
            Search = KeptBlocks.FindSearch(parameters, schema.FeatureCount + 1),
            Bound = KeptBlocks.FindBound(parameters, schema.FeatureCount + 1, 1),
        };
}
