using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Ridge regression by gradient descent from zero: w &lt;- w - step (X'(X w - y) + alpha w) / m, with a constant column for the
/// intercept, which is not penalised; m is the weight of the rows in the sum, so that a participant that drops out leaves a mean.
/// A contribution is affine in the model (degree 1): it can be computed on an encrypted model.
/// </summary>
/// <param name="Alpha">Penalty, at least 0.</param>
/// <param name="Step">Step length; converges below 2 m / (largest eigenvalue of X'X + alpha).</param>
public sealed record RidgeDescent(double Alpha = 1, double Step = 0.1) : IHiddenLearner<LinearModel>, ILinearLearner
{
    /// <inheritdoc/>
    public string Name => "ridge-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} descent alpha={Alpha:R} step={Step:R}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.Regression;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(100, null);

    /// <summary>
    /// With n = all rows, rounded up to a power of two: <c>gradient</c> ((d + 1) x 1) is X'(X w - y) / n, at most
    /// W max_j r_j (|b| + sum_k |w_k| r_k + r_y) for weights up to W and root mean squares r (Cauchy, Schwarz); <c>share</c> (1 x 1)
    /// is the weight of the shard's rows over n, at most W.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        var means = LinearRows.MeanBounds(schema);
        var residual = Math.Abs(model.Intercept) + LinearRows.MeanBound(schema.Target);
        for (var k = 0; k < schema.FeatureCount; k++) residual += Math.Abs(model.Coefficients[k, 0]) * means[k + 1];
        return
        [
            new BlockSpec("gradient", means.Length, 1, LinearRows.Positive(schema.WeightBound * means.Max() * residual)),
            new BlockSpec("share", 1, 1, schema.WeightBound),
        ];
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return LinearRows.RootWeighted(schema, shard);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(rows);
        var features = rows["features"];
        var size = features.Columns;
        // The squares of the (weighted) constant column add to the weight of the rows.
        var products = await math.MultiplyAsync(features.Transpose(), features.Beside(rows["targets"]), cancellationToken);
        var weight = products.Slice(0, 0, 1, 1);
        return features.Rows > size
            ? Blocks<T>.Of(("gram", products.Slice(0, 0, size, size)), ("moments", products.Slice(0, size, size, 1)), ("weight", weight))
            : Blocks<T>.Of(("features", features), ("targets", rows["targets"]), ("weight", weight));
    }

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(local);
        var point = model["intercept"].Above(model["coefficients"]);
        var scale = RowScale.Of(round);
        T gradient;
        if (local.Find("gram") is { } gram) gradient = await math.MultiplyAsync(gram, point, cancellationToken) - local["moments"];
        else
        {
            var residual = await math.MultiplyAsync(local["features"], point, cancellationToken) - local["targets"];
            gradient = await math.MultiplyAsync(local["features"].Transpose(), residual, cancellationToken);
        }
        return (Blocks<T>.Of(
            ("gradient", await math.ScaleAsync(scale, gradient, cancellationToken)),
            ("share", await math.ScaleAsync(scale, local["weight"], cancellationToken))), local);
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        return Descent.MoveAsync(math, model, total, Alpha, Step, round, cancellationToken);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Evaluate(features);
    }
}
