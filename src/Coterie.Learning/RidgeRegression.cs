using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Linear least squares with an L2 penalty, in one round by Gram matrices: minimises sum weight (y - b - x w)^2 + alpha ||w||^2.
/// The contribution depends on the rows alone, so every mode that adds can train it. With alpha = 0 and dependent columns
/// the solution of smallest norm ||w|| is taken, on centred features (the intercept does not count).
/// Hidden arithmetic solves the mean system by elimination: its pivots must lie in [2^-12, 2^12 + alpha/n], which standardised
/// features with no exact dependency do.
/// </summary>
/// <param name="Alpha">Penalty, at least 0.</param>
/// <param name="PenalizeIntercept">Whether b^2 is penalised like a coefficient.</param>
public sealed record RidgeRegression(double Alpha = 1, bool PenalizeIntercept = false) : IHiddenLearner<LinearModel>, ILinearLearner
{
    /// <summary>Pivots of the mean Gram matrix in hidden arithmetic: with 20 fraction bits their reciprocals keep 8 digits.</summary>
    private const double SmallestPivot = 1.0 / 4096, LargestPivot = 4096;

    /// <inheritdoc/>
    public string Name { get; init; } = Alpha == 0 ? "linear-regression" : "ridge-regression";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} closed-form alpha={Alpha:R} penalize-intercept={PenalizeIntercept}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.Regression;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(1, null);

    /// <summary>
    /// <c>gram</c> ((d + 1) x (d + 1)): |sum weight x_j x_k| is at most n W r_j r_k (Cauchy, Schwarz) for weights up to W and root
    /// mean squares r; <c>moments</c> ((d + 1) x 1) likewise with the target.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        var size = schema.FeatureCount + 1;
        var largest = LinearRows.MeanBounds(schema).Max();
        var scale = round.TotalRows * schema.WeightBound;
        return
        [
            new BlockSpec("gram", size, size, LinearRows.Positive(scale * largest * largest)),
            new BlockSpec("moments", size, 1, LinearRows.Positive(scale * largest * LinearRows.MeanBound(schema.Target))),
        ];
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        return LinearRows.RootWeighted(schema, shard);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(rows);
        var features = rows["features"];
        var products = await math.MultiplyAsync(features.Transpose(), features.Beside(rows["targets"]), cancellationToken);
        return Blocks<T>.Of(
            ("gram", products.Slice(0, 0, features.Columns, features.Columns)),
            ("moments", products.Slice(0, features.Columns, features.Columns, 1)));
    }

    /// <inheritdoc/>
    public ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T> => new((local, local));

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(total);
        var scale = RowScale.Of(round);
        var penalty = Alpha * scale;
        var gram = await math.ScaleAsync(scale, total["gram"], cancellationToken);
        var moments = await math.ScaleAsync(scale, total["moments"], cancellationToken);
        var size = gram.Rows;
        gram += math.Public(Matrix.Create(size, size, values =>
        {
            for (var j = PenalizeIntercept ? 0 : 1; j < size; j++) values[j * (size + 1)] = penalty;
        }));
        // The intercept comes first: its pivot is the mean weight, and what remains is a covariance plus the penalty.
        var smallest = Math.Max(SmallestPivot, Math.Min(penalty, 1.0 / 16));
        var solution = await math.SolveAsync(gram, moments, smallest, LargestPivot + penalty, cancellationToken);
        return Blocks<T>.Of(("coefficients", solution.Slice(1, 0, size - 1, 1)), ("intercept", solution.Slice(0, 0, 1, 1)));
    }

    /// <inheritdoc/>
    public ILocal<LinearModel> Open(Schema schema, Shard shard) => new Local(Featurize(schema, shard));

    /// <inheritdoc/>
    public Step<LinearModel> Update(Schema schema, LinearModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var next = NormalEquations.Solve(total["gram"], total["moments"], Alpha, PenalizeIntercept);
        return new Step<LinearModel>(next, Done: true, NewtonStep.RelativeChange(model.ToVector(), next.ToVector()));
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Evaluate(features);
    }

    /// <summary>The plain kernel: the symmetric product at half the cost of a general one.</summary>
    private sealed class Local : ILocal<LinearModel>
    {
        private readonly Blocks<Matrix> _contribution;

        public Local(Shard rows)
        {
            var d = rows.Features.Columns;
            _contribution = Blocks<Matrix>.Of(
                ("gram", Matrix.Create(d, d, gram => MatrixKernels.AddGram(rows.Features.Values, [], gram, rows.Rows, d))),
                ("moments", Matrix.Create(d, 1, moments => MatrixKernels.AddTransposeProduct(rows.Features.Values, rows.Targets!.Values, moments, rows.Rows, d))));
        }

        public Blocks<Matrix> Contribute(LinearModel model, Round round) => _contribution;
    }
}
