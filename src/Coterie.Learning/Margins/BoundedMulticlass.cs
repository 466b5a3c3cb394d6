using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Margins;

/// <summary><see cref="BoundedBinary"/> of K functions, each for one class against the rest, side by side in the same rounds and under one bound.</summary>
/// <param name="Loss">Of the rows.</param>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
public sealed record BoundedMulticlass(BoundedLoss Loss, double C = 1) : IHiddenLearner<MultinomialModel>, IMultinomialLearner
{
    private BoundedSteps Steps => new(Loss, 1 / C);

    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "multinomial-logistic-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} bound {Loss} one-vs-rest C={C:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.MulticlassClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(50, null);

    /// <inheritdoc cref="BoundedSteps.Layout"/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, MultinomialModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var classes = MultinomialModel.Classes(schema);
        var functions = Enumerable.Range(0, classes).Select(k => (double[])[model.Intercepts[k, 0], .. model.Coefficients.Row(k)]).ToArray();
        return Steps.Layout(LinearRows.MeanBounds(schema), schema.WeightBound * ClassWeights.Resolve(schema, classes).Max(), functions, round);
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var classes = MultinomialModel.Classes(schema);
        return Steps.Featurize(schema, shard, classes, [.. Enumerable.Range(0, classes)], ClassWeights);
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
        return (await Steps.ContributeAsync(math, Functions(model), local, round, cancellationToken), local);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var (after, kept) = await Steps.MoveAsync(math, Functions(model), model, total, round, cancellationToken);
        return Blocks<T>.Of(
            ("coefficients", after.Slice(1, 0, after.Rows - 1, after.Columns).Transpose()), ("intercept", after.Slice(0, 0, 1, after.Columns).Transpose()),
            (BoundedSteps.Inverse, kept[BoundedSteps.Inverse]), (BoundedSteps.Reached, kept[BoundedSteps.Reached]));
    }

    /// <summary>n x K: each class' own probability over their sum; of the squared hinge, scores between 0 and 1 that are not calibrated.</summary>
    public Matrix Predict(Schema schema, MultinomialModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        if (Loss == BoundedLoss.SquaredHinge) return model.Probabilities(features);
        var values = features * model.Coefficients.Transpose();
        return Matrix.Create(values.Rows, values.Columns, cells =>
        {
            for (var i = 0; i < values.Rows; i++)
            {
                var row = cells.Slice(i * values.Columns, values.Columns);
                for (var k = 0; k < row.Length; k++) row[k] = Logistic.Sigmoid(values[i, k] + model.Intercepts[k, 0]);
                var sum = System.Numerics.Tensors.TensorPrimitives.Sum<double>(row);
                System.Numerics.Tensors.TensorPrimitives.Divide(row, sum, row);
            }
        });
    }

    /// <summary>(d + 1) x K.</summary>
    private static T Functions<T>(Blocks<T> model) where T : class, ISecret<T> => model["intercept"].Beside(model["coefficients"]).Transpose();
}
