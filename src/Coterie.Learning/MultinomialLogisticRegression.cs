using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Softmax regression with a weight vector per class by Newton's method: minimises 0.5 ||W||^2 - C sum weight log p_y(x), intercepts not
/// penalised. The optimal W has columns that sum to 0; intercepts are pinned to sum 0 by a penalty on their sum, which does not move
/// the optimum. The Hessian's block for classes k and l is X' diag(weight p_k (1[k = l] - p_l)) X; the diagonal blocks are the
/// negated sums of their rows, so a contribution holds the K (K - 1) / 2 others, each symmetric.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
public sealed record MultinomialLogisticRegression(double C = 1) : IMultinomialLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name => "multinomial-logistic-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} C={C:R} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.MulticlassClassification;

    /// <summary>A last step below 1e-8 leaves, after quadratic convergence, a gradient at the level of rounding.</summary>
    public StopRule DefaultStop => new(100, 1e-8);

    /// <summary>
    /// For n rows of weight up to W and root mean squares r: <c>loss</c> is at most n W (log K + 2 max_k (|b_k| + sum |w_kj| r_j)) with the
    /// maximum taken per column, <c>gradient</c> (K x (d + 1)) n W r_j, and <c>hessian</c> (a row per pair k &lt; l, upper triangle) n W r_i r_j / 4.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, MultinomialModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var classes = MultinomialModel.Classes(schema);
        var means = LinearRows.MeanBounds(schema);
        var largest = means.Max();
        var weight = round.TotalRows * schema.WeightBound * ClassWeights.Resolve(schema, classes).Max();
        return
        [
            new BlockSpec("loss", 1, 1, LinearRows.Positive(weight * (Math.Log(classes) + MultinomialRows.SpreadBound(model, means)))),
            new BlockSpec("gradient", classes, means.Length, LinearRows.Positive(weight * largest)),
            new BlockSpec("hessian", classes * (classes - 1) / 2, PackedTriangle.Length(means.Length), LinearRows.Positive(weight * largest * largest / 4)),
        ];
    }

    /// <inheritdoc/>
    public ILocal<MultinomialModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var classes = MultinomialModel.Classes(schema);
        var targets = Logistic.Targets(schema, shard, classes);
        var weights = Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, classes));
        return new MultinomialRows(new DesignRows(schema, shard.Features), targets, weights, classes);
    }

    /// <inheritdoc/>
    public Step<MultinomialModel> Update(Schema schema, MultinomialModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var system = new MultinomialSystem(model.ToVector(), MultinomialModel.Classes(schema), C, C * Math.Max(1, round.TotalRows));
        var objective = system.Objective(total);
        var step = NewtonStep.From(system.Point, model.Search, objective, () => system.Direction(total), direction => Reach(schema, direction));
        return new Step<MultinomialModel>(
            MultinomialModel.FromVector(step.Point, MultinomialModel.Classes(schema)) with { Search = step.Search }, step.Done, step.Change, objective);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, MultinomialModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Probabilities(features);
    }

    /// <summary>The spread of a row's scores moves no farther: the third derivative is at most that times the second.</summary>
    private static double Reach(Schema schema, Matrix direction)
    {
        int classes = MultinomialModel.Classes(schema), width = schema.FeatureCount + 1;
        double farthest = 0;
        for (var k = 0; k < classes; k++)
        {
            var reach = Math.Abs(direction[k * width, 0]);
            for (var j = 1; j < width; j++) reach += Math.Abs(direction[(k * width) + j, 0]) * schema.Features[j - 1].Bound;
            farthest = Math.Max(farthest, reach);
        }
        return 2 * farthest;
    }
}
