using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.SupportVectors;

/// <summary>
/// A support vector machine by subgradient descent from zero, on values that may be hidden. With m the weight of the rows in the sum it descends on
/// (0.5 ||w||^2 + C sum weight max(0, 1 - s f(x))) / (C m), s = +-1: in round t, from 0, by step / sqrt(t + 1) times the subgradient (Shor 1985).
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Step">Length of the first step.</param>
public sealed record SupportVectorDescent(double C = 1, double Step = 1) : IHiddenLearner<LinearModel>, ILinearLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "linear-svm";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} subgradient C={C:R} step={Step:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(200, null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <summary>
    /// With n = all rows, rounded up to a power of two: <c>gradient</c> ((d + 1) x 1) is at most W max_j r_j for weights up to W and root mean squares r, as no
    /// slope exceeds 1; <c>share</c> (1 x 1) is the weight of the shard's rows over n, at most W.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var means = LinearRows.MeanBounds(schema);
        var weight = LinearRows.Positive(schema.WeightBound * ClassWeights.Resolve(schema, 2).Max());
        return [new BlockSpec("gradient", means.Length, 1, weight * means.Max()), new BlockSpec("share", 1, 1, weight)];
    }

    /// <summary>[1 | X], targets -1 and 1, and weights.</summary>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var targets = Logistic.Targets(schema, shard);
        var weights = Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, 2));
        return new Shard(LinearRows.WithIntercept(schema, shard.Features), Hinge.Signs(targets, 1, static _ => 1), weights is null ? null : Matrix.Column(weights));
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T> =>
        HingeDescent.PrepareAsync(math, rows, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        var functions = model["intercept"].Above(model["coefficients"]);
        var contribution = await HingeDescent.ContributeAsync(math, functions, local, round, cancellationToken);
        return (contribution, local);
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        return Descent.MoveAsync(math, model, total, 1 / C, Step / Math.Sqrt(round.Index + 1), round, cancellationToken);
    }

    /// <inheritdoc cref="SupportVectorMachine.Predict"/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Hinge.Scores(model, features);
    }
}
