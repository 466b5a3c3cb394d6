using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>
/// Two-class logistic regression by Newton's method: minimises 0.5 ||w||^2 + C sum weight log(1 + exp(-s f(x))), s = +-1,
/// f(x) = x w + b, with b not penalised; without a penalty the sum alone. A contribution holds loss, gradient and Hessian of the
/// sum at the model; one round per Newton step, one more for every step that has to be shortened.
/// Separable classes without a penalty have no optimum: training ends with the rounds, at finite numbers.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0; of no effect without a penalty.</param>
/// <param name="Penalty">What keeps coefficients small.</param>
public sealed record LogisticRegression(double C = 1, LogisticPenalty Penalty = LogisticPenalty.L2) : ILogisticLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name => "logistic-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} newton C={C:R} penalty={Penalty} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <summary>A last step below 1e-8 leaves, after quadratic convergence, a gradient at the level of rounding.</summary>
    public StopRule DefaultStop => new(100, 1e-8);

    /// <summary>
    /// For n rows of weight up to W and root mean squares r: <c>loss</c> is at most n W (log 2 + |b| + sum |w_j| r_j), <c>gradient</c> n W r_j
    /// because |p - t| is at most 1, <c>hessian</c> (upper triangle by rows) n W r_j r_k / 4 because p (1 - p) is at most 1/4.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LogisticModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var means = LinearRows.MeanBounds(schema);
        var largest = means.Max();
        var odds = Math.Abs(model.Function.Intercept);
        for (var j = 0; j < schema.FeatureCount; j++) odds += Math.Abs(model.Function.Coefficients[j, 0]) * means[j + 1];
        var weight = round.TotalRows * schema.WeightBound * ClassWeights.Resolve(schema, 2).Max();
        return
        [
            new BlockSpec("loss", 1, 1, LinearRows.Positive(weight * (Math.Log(2) + odds))),
            new BlockSpec("gradient", means.Length, 1, LinearRows.Positive(weight * largest)),
            new BlockSpec("hessian", PackedTriangle.Length(means.Length), 1, LinearRows.Positive(weight * largest * largest / 4)),
        ];
    }

    /// <inheritdoc/>
    public ILocal<LogisticModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var targets = Logistic.Targets(schema, shard);
        return new Local(new MarginRows(new DesignRows(schema, shard.Features), Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, 2))), targets);
    }

    /// <inheritdoc/>
    public Step<LogisticModel> Update(Schema schema, LogisticModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var point = model.Function.ToVector();
        var (weight, penalty) = Penalty == LogisticPenalty.L2 ? (C, 1.0) : (1.0, 0.0);
        var system = new PenalizedSystem(weight, penalty);
        var objective = system.Objective(point.Values, total["loss"][0, 0]);
        var step = NewtonStep.From(point, model.Search, objective, () => system.Direction(point.Values, total["gradient"].Values, total["hessian"].Values), direction => Reach(schema, direction));
        var next = new LogisticModel(LinearModel.FromVector(step.Point)) { Search = step.Search };
        return new Step<LogisticModel>(next, step.Done, step.Change, objective);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, LogisticModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return LogisticModel.Probabilities(model.Function, features);
    }

    /// <summary>No row's log odds move farther: |d_0| + sum |d_j| max |x_j|.</summary>
    private static double Reach(Schema schema, Matrix direction)
    {
        var reach = Math.Abs(direction[0, 0]);
        for (var j = 0; j < schema.FeatureCount; j++) reach += Math.Abs(direction[j + 1, 0]) * schema.Features[j].Bound;
        return reach;
    }

    private sealed class Local(MarginRows rows, Matrix targets) : ILocal<LogisticModel>
    {
        public Blocks<Matrix> Contribute(LogisticModel model, Round round)
        {
            double[] gradient = new double[rows.Width], hessian = new double[PackedTriangle.Length(rows.Width)];
            var loss = rows.Evaluate(Logistic.Row, model.Function.ToVector().Values, i => targets[i, 0] == 1, gradient, hessian);
            return Blocks<Matrix>.Of(("loss", Matrix.Scalar(loss)), ("gradient", Matrix.Column(gradient)), ("hessian", Matrix.Column(hessian)));
        }
    }
}
