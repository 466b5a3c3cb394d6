using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>An affine function of the features: f(x) = x w + b.</summary>
/// <param name="Coefficients">w: d x 1.</param>
/// <param name="Intercept">b.</param>
public sealed record LinearModel(Matrix Coefficients, double Intercept)
{
    /// <summary>The zero function of <paramref name="features"/> features.</summary>
    public static LinearModel Zero(int features) => new(Matrix.Zero(features, 1), 0);

    /// <summary>n x 1: the function's values at the rows of <paramref name="features"/> (n x d).</summary>
    /// <exception cref="ArgumentException">The number of columns is not d.</exception>
    public Matrix Evaluate(Matrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != Coefficients.Rows)
            throw new ArgumentException($"{Coefficients.Rows} features expected, {features.Columns} given.", nameof(features));
        var products = features * Coefficients;
        return Matrix.Create(features.Rows, 1, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = products.Values[i] + Intercept;
        });
    }

    /// <summary>(d + 1) x 1: the intercept, then the coefficients.</summary>
    internal Matrix ToVector() => Matrix.Scalar(Intercept).Above(Coefficients);

    /// <summary>The model of an intercept and coefficients, (d + 1) x 1.</summary>
    internal static LinearModel FromVector(Matrix vector) => new(vector.Slice(1, 0, vector.Rows - 1, 1), vector[0, 0]);

    /// <summary><c>coefficients</c> (d x 1) and <c>intercept</c> (1 x 1).</summary>
    internal Blocks<Matrix> Pack() => Blocks<Matrix>.Of(("coefficients", Coefficients), ("intercept", Matrix.Scalar(Intercept)));

    /// <summary>The model of a schema from its blocks.</summary>
    internal static LinearModel Unpack(Schema schema, Blocks<Matrix> parameters) => new(
        parameters.Require("coefficients", schema.FeatureCount, 1),
        parameters.Require("intercept", 1, 1)[0, 0]);
}
