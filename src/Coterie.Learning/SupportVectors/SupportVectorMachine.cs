using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning.SupportVectors;

/// <summary>
/// Two classes apart by a margin: minimises 0.5 ||w||^2 + C sum weight loss(1 - s f(x)), s = +-1, f(x) = x w + b, b not penalised, loss the hinge (reweighted
/// least squares on a hinge whose kink is smoothed less and less) or its square (Newton). A contribution holds loss, gradient and weighted normal matrix of the rows at the model; a round is a
/// step, one more for every step that has to be shortened. On normalised kernel features it is the kernel machine on a budget of centres.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Loss">What is minimised.</param>
public sealed record SupportVectorMachine(double C = 1, SupportVectorLoss Loss = SupportVectorLoss.Hinge) : ILogisticLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "linear-svm";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} {Loss} C={C:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <summary>Newton ends in finitely many steps; reweighting ends when neither a step nor the smoothing is worth a thousandth.</summary>
    public StopRule DefaultStop => Loss == SupportVectorLoss.Hinge ? new(100, 1e-3) : new(50, 1e-8);

    /// <summary>
    /// For n rows of weight up to W, root mean squares r of columns and F of f: <c>loss</c> is at most n W (1 + F), or its square; <c>gradient</c> n W r_j times
    /// the slopes' root mean square (Cauchy, Schwarz); <c>hessian</c> (upper triangle by rows) n W r_j r_k times the largest curvature.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LogisticModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var (kind, means) = (Hinge.Of(Loss, round), LinearRows.MeanBounds(schema));
        var (largest, value) = (means.Max(), Hinge.MeanBound(model.Function.ToVector().Values, means));
        var weight = round.TotalRows * schema.WeightBound * ClassWeights.Resolve(schema, 2).Max();
        return
        [
            new BlockSpec("loss", 1, 1, LinearRows.Positive(weight * kind.LossBound(value))),
            new BlockSpec("gradient", means.Length, 1, LinearRows.Positive(weight * largest * kind.SlopeBound(value))),
            new BlockSpec("hessian", PackedTriangle.Length(means.Length), 1, LinearRows.Positive(weight * largest * largest * kind.CurvatureBound)),
        ];
    }

    /// <inheritdoc/>
    public ILocal<LogisticModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var (rows, targets) = Hinge.Open(schema, shard, 2, ClassWeights);
        return new Preprocessing.StatelessLocal<LogisticModel>((model, round) =>
        {
            double[] gradient = new double[rows.Width], hessian = new double[PackedTriangle.Length(rows.Width)];
            var loss = rows.Evaluate(Hinge.Of(Loss, round).Row, model.Function.ToVector().Values, i => targets[i, 0] == 1, gradient, hessian);
            return Blocks<Matrix>.Of(("loss", Matrix.Scalar(loss)), ("gradient", Matrix.Column(gradient)), ("hessian", Matrix.Column(hessian)));
        });
    }

    /// <inheritdoc/>
    public Step<LogisticModel> Update(Schema schema, LogisticModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var point = model.Function.ToVector();
        var system = new PenalizedSystem(C, 1);
        var objective = system.Objective(point.Values, total["loss"][0, 0]);
        var step = NewtonStep.From(
            point, model.Search, objective, () => system.Direction(point.Values, total["gradient"].Values, total["hessian"].Values), static _ => double.PositiveInfinity);
        var next = new LogisticModel(LinearModel.FromVector(step.Point)) { Search = step.Search };
        return new Step<LogisticModel>(next, step.Done && !IsSharpening(round), Math.Max(step.Change, IsSharpening(round) ? Hinge.SmoothingOf(round) : 0), objective);
    }

    /// <summary>While the hinge becomes sharper the optimum still moves.</summary>
    private bool IsSharpening(Round round) => Loss == SupportVectorLoss.Hinge && Hinge.SmoothingOf(round) > Hinge.Sharpest;

    /// <summary>n x 1: scores in (0, 1) that order rows as f does, above 1/2 for the second class; not calibrated probabilities.</summary>
    public Matrix Predict(Schema schema, LogisticModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Hinge.Scores(model.Function, features);
    }
}
