using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Margins;

/// <summary>
/// Two classes by steps of a fixed bound on the curvature, from zero, on values that may be hidden: minimises 0.5 ||w||^2 + C sum weight loss(f(x)),
/// b not penalised. The first round brings the products of features, every round a gradient; see <see cref="BoundedSteps"/>.
/// </summary>
/// <param name="Loss">Of the rows.</param>
/// <param name="C">Weight of the rows against the penalty, above 0; infinite: no penalty.</param>
public sealed record BoundedBinary(BoundedLoss Loss, double C = 1) : IHiddenLearner<LogisticModel>, ILogisticLearner
{
    private BoundedSteps Steps => new(Loss, 1 / C);

    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "logistic-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} bound {Loss} C={C:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(50, null);

    /// <inheritdoc cref="BoundedSteps.Layout"/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LogisticModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        return Steps.Layout(LinearRows.MeanBounds(schema), schema.WeightBound * ClassWeights.Resolve(schema, 2).Max(), [model.Function.ToVector().ToArray()], round);
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return Steps.Featurize(schema, shard, 2, [1], ClassWeights);
    }

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(rows);
        return BoundedSteps.PrepareAsync(math, rows, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(round);
        return (await Steps.ContributeAsync(math, model["intercept"].Above(model["coefficients"]), local, round, cancellationToken), local);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var before = model["intercept"].Above(model["coefficients"]);
        var (after, kept) = await Steps.MoveAsync(math, before, model, total, round, cancellationToken);
        return Blocks<T>.Of(
            ("coefficients", after.Slice(1, 0, after.Rows - 1, 1)), ("intercept", after.Slice(0, 0, 1, 1)), (BoundedSteps.Inverse, kept[BoundedSteps.Inverse]), (BoundedSteps.Reached, kept[BoundedSteps.Reached]));
    }

    /// <summary>n x 1: probabilities of the second class; of the squared hinge, scores between 0 and 1 that are not calibrated.</summary>
    public Matrix Predict(Schema schema, LogisticModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return LogisticModel.Probabilities(model.Function, features);
    }
}
