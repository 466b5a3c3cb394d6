using System.Collections.Immutable;
using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.SupportVectors;

/// <summary>
/// A support vector machine by averaging: in every round each participant goes over its own rows so many times, row by row by the subgradient of
/// lambda / 2 ||w||^2 + max(0, 1 - s f(x)), lambda = 1 / (C m) for m rows in all (Shalev-Shwartz, Singer, Srebro, Cotter, "Pegasos", 2011), and the model
/// becomes the mean of theirs, weighted by rows (McMahan et al. 2017). Few rounds, an approximate optimum.
/// </summary>
/// <param name="C">Weight of the rows against the penalty, above 0.</param>
/// <param name="Step">Length of the first steps; those of epoch t, counted over all rounds from 0, are step / sqrt(t + 1).</param>
/// <param name="LocalEpochs">Passes over a participant's rows in a round.</param>
public sealed record SupportVectorAveraging(double C = 1, double Step = 0.1, int LocalEpochs = 1) : ILinearLearner
{
    /// <summary>How much a row of each class counts.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <inheritdoc/>
    public string Name { get; init; } = "linear-svm";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} averaging C={C:R} step={Step:R} local-epochs={LocalEpochs} class-weights={ClassWeights}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.BinaryClassification;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(50, 1e-4);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <summary>
    /// <c>model</c> ((d + 1) x 1) is a participant's function times its share of the rows, at most W times what a function is cut to; <c>share</c> (1 x 1) is the
    /// weight of the shard's rows over n, all rows rounded up to a power of two.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        var weight = LinearRows.Positive(schema.WeightBound * ClassWeights.Resolve(schema, 2).Max());
        var (radius, intercept) = Cut(schema, round);
        return [new BlockSpec("model", schema.FeatureCount + 1, 1, weight * Math.Max(radius, intercept)), new BlockSpec("share", 1, 1, weight)];
    }

    /// <inheritdoc/>
    public ILocal<LinearModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        var targets = Logistic.Targets(schema, shard);
        var signs = Hinge.Signs(targets, 1, static _ => 1);
        var weights = Logistic.RowWeights(shard, targets, ClassWeights.Resolve(schema, 2));
        var rows = LinearRows.WithIntercept(schema, shard.Features);
        return new Preprocessing.StatelessLocal<LinearModel>((model, round) =>
        {
            var function = Train(schema, model.ToVector().ToArray(), rows, signs, weights, round);
            var share = (weights?.Sum() ?? rows.Rows) * RowScale.Of(round);
            return Blocks<Matrix>.Of(("model", share * Matrix.Column(function)), ("share", Matrix.Scalar(share)));
        });
    }

    /// <inheritdoc/>
    public Step<LinearModel> Update(Schema schema, LinearModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var share = total["share"][0, 0];
        if (!(share > 0)) return new Step<LinearModel>(model, Done: true, 0);
        var next = LinearModel.FromVector(1 / share * total["model"]);
        return new Step<LinearModel>(next, Done: false, NewtonStep.RelativeChange(model.ToVector(), next.ToVector()));
    }

    /// <inheritdoc cref="SupportVectorMachine.Predict"/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Hinge.Scores(model, features);
    }

    private double[] Train(Schema schema, double[] function, Matrix rows, Matrix signs, double[]? weights, Round round)
    {
        var lambda = 1 / (C * Math.Max(1, round.TotalRows));
        var (radius, intercept) = Cut(schema, round);
        for (var epoch = 0; epoch < LocalEpochs; epoch++)
        {
            var step = Step / Math.Sqrt(((double)round.Index * LocalEpochs) + epoch + 1);
            for (var i = 0; i < rows.Rows; i++)
            {
                var row = rows.Row(i);
                var sign = signs[i, 0];
                var isInside = sign * TensorPrimitives.Dot(row, function) < 1;
                var first = function[0];
                TensorPrimitives.Multiply<double>(function, 1 - (step * lambda), function);
                function[0] = first;
                if (isInside) MatrixKernels.AddScaled(row, step * sign * (weights?[i] ?? 1), function);
            }
        }
        // The optimum lies inside: where it is 0.5 ||w||^2 is at most the objective at zero.
        var length = TensorPrimitives.Norm<double>(function.AsSpan(1));
        if (length > radius) TensorPrimitives.Multiply<double>(function.AsSpan(1), radius / length, function.AsSpan(1));
        function[0] = Math.Clamp(function[0], -intercept, intercept);
        return function;
    }

    /// <summary>The ball that coefficients are cut to, sqrt(2 C W m), and an intercept that reaches past every row's function value in it.</summary>
    private (double Radius, double Intercept) Cut(Schema schema, Round round)
    {
        var weight = schema.WeightBound * ClassWeights.Resolve(schema, 2).Max();
        var radius = Math.Sqrt(2 * C * weight * Math.Max(1, round.TotalRows));
        var reach = Math.Sqrt(schema.Features.Sum(c => c.Bound * c.Bound));
        return double.IsFinite(reach) ? (radius, 1 + (radius * reach)) : throw new ArgumentException("The range of every column is needed; declare or agree it first.", nameof(schema));
    }
}
