using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning.SupportVectors;

/// <summary>
/// Several classes, each apart from the rest by a margin: K machines of <see cref="SupportVectorMachine"/>, trained side by side in the same rounds as one
/// objective, so that one line search serves all.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Loss">What is minimised.</param>
public sealed record MulticlassSupportVectorMachine(double C = 1, SupportVectorLoss Loss = SupportVectorLoss.Hinge) : IMultinomialLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "multiclass-linear-svm";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} {Loss} C={C:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.MulticlassClassification;

    /// <inheritdoc cref="SupportVectorMachine.DefaultStop"/>
    public StopRule DefaultStop => new SupportVectorMachine(C, Loss).DefaultStop;

    /// <summary>As of <see cref="SupportVectorMachine"/> for every class: <c>loss</c> (1 x 1), <c>gradient</c> (K x (d + 1)), <c>hessian</c> (a row per class).</summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, MultinomialModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var classes = MultinomialModel.Classes(schema);
        var (kind, means) = (Hinge.Of(Loss, round), LinearRows.MeanBounds(schema));
        var vector = model.ToVector();
        var values = Enumerable.Range(0, classes).Select(k => Hinge.MeanBound(vector.Values.Slice(k * means.Length, means.Length), means)).ToArray();
        var (largest, weight) = (means.Max(), round.TotalRows * schema.WeightBound * ClassWeights.Resolve(schema, classes).Max());
        return
        [
            new BlockSpec("loss", 1, 1, LinearRows.Positive(weight * values.Sum(kind.LossBound))),
            new BlockSpec("gradient", classes, means.Length, LinearRows.Positive(weight * largest * values.Max(kind.SlopeBound))),
            new BlockSpec("hessian", classes, PackedTriangle.Length(means.Length), LinearRows.Positive(weight * largest * largest * kind.CurvatureBound)),
        ];
    }

    /// <inheritdoc/>
    public ILocal<MultinomialModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var classes = MultinomialModel.Classes(schema);
        var (rows, targets) = Hinge.Open(schema, shard, classes, ClassWeights);
        return new Preprocessing.StatelessLocal<MultinomialModel>((model, round) => Contribute(Hinge.Of(Loss, round).Row, model, rows, targets, classes));
    }

    /// <inheritdoc/>
    public Step<MultinomialModel> Update(Schema schema, MultinomialModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var (classes, point, system) = (MultinomialModel.Classes(schema), model.ToVector(), new PenalizedSystem(C, 1));
        var width = point.Rows / classes;
        // The loss of all classes is counted once.
        var objective = Enumerable.Range(0, classes).Sum(k => system.Objective(point.Values.Slice(k * width, width), k == 0 ? total["loss"][0, 0] : 0));
        var step = NewtonStep.From(point, model.Search, objective, () => Direction(system, point, total, classes), static _ => double.PositiveInfinity);
        return new Step<MultinomialModel>(MultinomialModel.FromVector(step.Point, classes) with { Search = step.Search }, step.Done && !IsSharpening(round), Math.Max(step.Change, IsSharpening(round) ? Hinge.SmoothingOf(round) : 0), objective);
    }

    /// <summary>While the hinge becomes sharper the optimum still moves.</summary>
    private bool IsSharpening(Round round) => Loss == SupportVectorLoss.Hinge && Hinge.SmoothingOf(round) > Hinge.Sharpest;

    /// <summary>n x K: scores that order classes as their f do and sum to 1; not calibrated probabilities.</summary>
    public Matrix Predict(Schema schema, MultinomialModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Probabilities(features);
    }

    private static Blocks<Matrix> Contribute(RowLoss loss, MultinomialModel model, MarginRows rows, Matrix targets, int classes)
    {
        var (vector, length) = (model.ToVector(), PackedTriangle.Length(rows.Width));
        double[] gradient = new double[classes * rows.Width], hessian = new double[classes * length];
        double total = 0;
        for (var k = 0; k < classes; k++)
        {
            var own = k;
            var (start, width) = (k * rows.Width, rows.Width);
            total += rows.Evaluate(loss, vector.Values.Slice(start, width), i => targets[i, 0] == own, gradient.AsSpan(start, width), hessian.AsSpan(k * length, length));
        }
        return Blocks<Matrix>.Of(("loss", Matrix.Scalar(total)), ("gradient", new Matrix(classes, rows.Width, gradient)), ("hessian", new Matrix(classes, length, hessian)));
    }

    private static (Matrix Gradient, Matrix Direction) Direction(PenalizedSystem system, Matrix point, Blocks<Matrix> total, int classes)
    {
        var width = point.Rows / classes;
        Matrix? gradients = null, directions = null;
        for (var k = 0; k < classes; k++)
        {
            var (gradient, direction) = system.Direction(point.Values.Slice(k * width, width), total["gradient"].Row(k), total["hessian"].Row(k));
            gradients = gradients is null ? gradient : gradients.Above(gradient);
            directions = directions is null ? direction : directions.Above(direction);
        }
        return (gradients!, directions!);
    }
}
