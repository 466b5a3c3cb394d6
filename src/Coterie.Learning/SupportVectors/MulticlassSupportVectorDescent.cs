using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.SupportVectors;

/// <summary><see cref="SupportVectorDescent"/> of K machines, each for one class against the rest, side by side in the same rounds.</summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Step">Length of the first step.</param>
public sealed record MulticlassSupportVectorDescent(double C = 1, double Step = 1) : IHiddenLearner<MultinomialModel>, IMultinomialLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "multiclass-linear-svm";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} subgradient C={C:R} step={Step:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.MulticlassClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(200, null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <summary>As of <see cref="SupportVectorDescent"/>, with a column of <c>gradient</c> ((d + 1) x K) for every class.</summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, MultinomialModel model, Round round)
    {
        var classes = MultinomialModel.Classes(schema);
        var means = LinearRows.MeanBounds(schema);
        var weight = LinearRows.Positive(schema.WeightBound * ClassWeights.Resolve(schema, classes).Max());
        return [new BlockSpec("gradient", means.Length, classes, weight * means.Max()), new BlockSpec("share", 1, 1, weight)];
    }

    /// <summary>[1 | X], targets -1 and 1 in a column for every class, and weights.</summary>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var classes = MultinomialModel.Classes(schema);
        var targets = Logistic.Targets(schema, shard, classes);
        var weights = Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, classes));
        return new Shard(LinearRows.WithIntercept(schema, shard.Features), Hinge.Signs(targets, classes, static k => k), weights is null ? null : Matrix.Column(weights));
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T> =>
        HingeDescent.PrepareAsync(math, rows, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        var functions = model["intercept"].Beside(model["coefficients"]).Transpose();
        return (await HingeDescent.ContributeAsync(math, functions, local, round, cancellationToken), local);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var columns = Blocks<T>.Of(("coefficients", model["coefficients"].Transpose()), ("intercept", model["intercept"].Transpose()));
        var moved = await Descent.MoveAsync(math, columns, total, 1 / C, Step / Math.Sqrt(round.Index + 1), round, cancellationToken);
        return Blocks<T>.Of(("coefficients", moved["coefficients"].Transpose()), ("intercept", moved["intercept"].Transpose()));
    }

    /// <inheritdoc cref="MulticlassSupportVectorMachine.Predict"/>
    public Matrix Predict(Schema schema, MultinomialModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Probabilities(features);
    }
}
