using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>Several classes: class k has probability exp(f_k(x)) / sum_l exp(f_l(x)), f_k(x) = W_k x + b_k.</summary>
/// <param name="Coefficients">W: K x d, one row per class.</param>
/// <param name="Intercepts">b: K x 1.</param>
public sealed record MultinomialModel(Matrix Coefficients, Matrix Intercepts)
{
    /// <summary>The step under trial; null unless training stopped before the next round could judge it.</summary>
    public LineSearch? Search { get; init; }

    /// <summary>What is kept where steps go by a bound on the curvature and training has not ended; else null.</summary>
    public BoundState? Bound { get; init; }

    /// <summary>n x K: probabilities of the classes at the rows of <paramref name="features"/> (n x d).</summary>
    /// <exception cref="ArgumentException">The number of columns is not d.</exception>
    public Matrix Probabilities(Matrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != Coefficients.Columns)
            throw new ArgumentException($"{Coefficients.Columns} features expected, {features.Columns} given.", nameof(features));
        var classes = Coefficients.Rows;
        var scores = features * Coefficients.Transpose();
        return Matrix.Create(features.Rows, classes, values =>
        {
            for (var i = 0; i < features.Rows; i++)
            {
                var row = values.Slice(i * classes, classes);
                TensorPrimitives.Add(scores.Row(i), Intercepts.Values, row);
                TensorPrimitives.SoftMax<double>(row, row);
            }
        });
    }

    /// <summary>K (d + 1) x 1: class by class, the intercept and the coefficients.</summary>
    internal Matrix ToVector()
    {
        var rows = Intercepts.Beside(Coefficients);
        return new Matrix(rows.Rows * rows.Columns, 1, rows.ToArray());
    }

    /// <summary>Classes of the schema's target.</summary>
    /// <exception cref="ArgumentException">It has fewer than two.</exception>
    internal static int Classes(Schema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.ClassCount >= 2
            ? schema.ClassCount
            : throw new ArgumentException($"The target '{schema.Target?.Name}' has {schema.ClassCount} named classes; at least 2 are needed.", nameof(schema));
    }

    /// <summary><c>coefficients</c> (K x d), <c>intercept</c> (K x 1), and the blocks that whoever moves the model keeps.</summary>
    internal Blocks<Matrix> Pack() => KeptBlocks.Append(Blocks<Matrix>.Of(("coefficients", Coefficients), ("intercept", Intercepts)), Search, Bound);

    /// <summary>The model of a schema from its blocks.</summary>
    internal static MultinomialModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        var classes = Classes(schema);
        return new MultinomialModel(parameters.Require("coefficients", classes, schema.FeatureCount), parameters.Require("intercept", classes, 1))
        {
            Search = KeptBlocks.FindSearch(parameters, classes * (schema.FeatureCount + 1)),
            Bound = KeptBlocks.FindBound(parameters, schema.FeatureCount + 1, classes),
        };
    }

    internal static MultinomialModel FromVector(Matrix vector, int classes)
    {
        var rows = new Matrix(classes, vector.Rows / classes, vector.ToArray());
        return new MultinomialModel(rows.Slice(0, 1, classes, rows.Columns - 1), rows.Slice(0, 0, classes, 1));
    }
}
