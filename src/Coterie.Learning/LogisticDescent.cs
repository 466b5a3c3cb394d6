using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Two-class logistic regression by gradient descent from zero, on values that may be hidden. With m the weight of the rows in the
/// sum, it descends on (0.5 ||w||^2 + C sum weight log(1 + exp(-s f(x)))) / (C m):
/// w &lt;- w - step (X'(sigmoid(X w + b) - t) + w / C) / m, b &lt;- b - step 1'(sigmoid(X w + b) - t) / m, t in {0, 1}.
/// Without a penalty the term w / C is absent.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Penalty">What keeps coefficients small.</param>
/// <param name="Step">Step length; converges below 8 m / (largest eigenvalue of X'X).</param>
public sealed record LogisticDescent(double C = 1, LogisticPenalty Penalty = LogisticPenalty.L2, double Step = 0.1) : IHiddenLearner<LinearModel>, ILinearLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name => "logistic-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} descent C={C:R} penalty={Penalty} step={Step:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(100, null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <summary>
    /// With n = all rows, rounded up to a power of two: <c>gradient</c> ((d + 1) x 1) is X'(p - t) / n, at most W max_j r_j for weights up to W
    /// and root mean squares r, because |p - t| is at most 1; <c>share</c> (1 x 1) is the weight of the shard's rows over n, at most W.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var means = LinearRows.MeanBounds(schema);
        // A sigmoid under fixed point errs by up to 2^-10.
        var weight = LinearRows.Positive(schema.WeightBound * ClassWeights.Resolve(schema, 2).Max() * (1 + (1.0 / 1024)));
        return [new BlockSpec("gradient", means.Length, 1, weight * means.Max()), new BlockSpec("share", 1, 1, weight)];
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var targets = Logistic.Targets(schema, shard);
        var weights = Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, 2));
        return new Shard(LinearRows.WithIntercept(schema, shard.Features), targets, weights is null ? null : Matrix.Column(weights));
    }

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(local);
        var (features, weights) = (local["features"], local.Find("weights"));
        var odds = await math.MultiplyAsync(features, model["intercept"].Above(model["coefficients"]), cancellationToken);
        var residual = await math.SigmoidAsync(odds, cancellationToken) - local["targets"];
        if (weights is not null) residual = await math.HadamardAsync(weights, residual, cancellationToken);
        var gradient = await math.MultiplyAsync(features.Transpose(), residual, cancellationToken);
        var weight = weights?.ColumnSums() ?? math.Public(Matrix.Scalar(features.Rows));
        var scale = RowScale.Of(round);
        return (Blocks<T>.Of(
            ("gradient", await math.ScaleAsync(scale, gradient, cancellationToken)),
            ("share", await math.ScaleAsync(scale, weight, cancellationToken))), local);
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        return Descent.MoveAsync(math, model, total, Penalty == LogisticPenalty.L2 ? 1 / C : 0, Step, round, cancellationToken);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return LogisticModel.Probabilities(model, features);
    }
}
