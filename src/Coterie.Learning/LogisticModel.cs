using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>Two classes: the second has probability 1 / (1 + exp(-f(x))).</summary>
/// <param name="Function">f: the log odds of the second class.</param>
public sealed record LogisticModel(LinearModel Function)
{
    /// <summary>The step under trial; null unless training stopped before the next round could judge it.</summary>
    public LineSearch? Search { get; init; }

    /// <summary>n x 1: probabilities of the second class.</summary>
    internal static Matrix Probabilities(LinearModel function, Matrix features)
    {
        var odds = function.Evaluate(features);
        return Matrix.Create(odds.Rows, 1, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = Logistic.Sigmoid(odds.Values[i]);
        });
    }

    internal Blocks<Matrix> Pack() => SearchBlocks.Append(Function.Pack(), Search);

    internal static LogisticModel Unpack(Schema schema, Blocks<Matrix> parameters) =>
        new(LinearModel.Unpack(schema, parameters)) { Search = SearchBlocks.Find(parameters, schema.FeatureCount + 1) };
}
