using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Linear least squares with L1 and L2 penalties, in one round by Gram matrices (Zou, Hastie 2005): minimises
/// sum weight (y - b - x w)^2 / (2 m) + alpha (l1-ratio ||w||_1 + (1 - l1-ratio) / 2 ||w||^2), m the weight of all rows, b not penalised. The contribution is
/// ridge regression's. In clear it ends in coordinate descent (Friedman, Hastie, Tibshirani 2010), hidden in accelerated proximal gradients
/// (Beck, Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009).
/// </summary>
/// <param name="Alpha">Strength of the penalties, at least 0.</param>
/// <param name="L1Ratio">Share of the L1 penalty, 0 to 1; 1 is the lasso.</param>
public sealed record ElasticNet(double Alpha = 1, double L1Ratio = 0.5) : IHiddenLearner<LinearModel>
{
    /// <summary>Sweeps over all coefficients; what is still moving then moves in the last digits.</summary>
    private const int MaximumSweeps = 100_000;

    /// <summary>A sweep in which no coefficient's term moves by more than this part of the target's spread is the last.</summary>
    private const double Stillness = 1e-12;

    /// <summary>Hidden steps: the distance to the optimum falls with the square of their number.</summary>
    private const int HiddenSteps = 200;

    /// <summary>The trace of the mean Gram matrix in hidden arithmetic; standardised features have their number and one.</summary>
    private const double SmallestTrace = 1.0 / 2, LargestTrace = 8192;

    private static readonly ParameterSpec Strength = new("alpha", ParameterKind.Number, 1.0, "Strength of the penalties.") { Minimum = 0 };

    private readonly RidgeRegression _sums = new(0);

    /// <summary>The entries for the catalogue of learners.</summary>
    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("lasso", "Least squares with an L1 penalty, which sets coefficients to zero.", [Strength], values => new ElasticNet(values.Number("alpha"), 1))
        { Details = "Minimises the sum over rows of weight (y - b - x w)^2 / (2 m), plus alpha ||w||_1, m the weight of all rows. One round: contributions are those of ridge regression." },
        new("elastic-net", "Least squares with L1 and L2 penalties.",
            [Strength, new("l1-ratio", ParameterKind.Number, 0.5, "Share of the L1 penalty.") { Minimum = 0, Maximum = 1 }],
            values => new ElasticNet(values.Number("alpha"), values.Number("l1-ratio")))
        { Details = "Minimises the sum over rows of weight (y - b - x w)^2 / (2 m), plus alpha (l1-ratio ||w||_1 + (1 - l1-ratio) / 2 ||w||^2), m the weight of all rows. One round: contributions are those of ridge regression." },
    ];

    /// <inheritdoc/>
    public string Name => L1Ratio == 1 ? "lasso" : "elastic-net";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"elastic-net alpha={Alpha:R} l1-ratio={L1Ratio:R}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.Regression;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(1, null);

    /// <inheritdoc/>
    public LinearModel Initialize(Schema schema, ulong seed) => _sums.Initialize(schema, seed);

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(LinearModel model) => _sums.Pack(model);

    /// <inheritdoc/>
    public LinearModel Unpack(Schema schema, Blocks<Matrix> parameters) => _sums.Unpack(schema, parameters);

    /// <summary><c>gram</c> and <c>moments</c>, as of <see cref="RidgeRegression"/>.</summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, LinearModel model, Round round) => _sums.Layout(schema, model, round);

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard) => _sums.Featurize(schema, shard);

    /// <inheritdoc/>
    public ILocal<LinearModel> Open(Schema schema, Shard shard) => _sums.Open(schema, shard);

    /// <inheritdoc/>
    public ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T> =>
        _sums.PrepareAsync(math, rows, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T> => new((local, local));

    /// <summary>From the model as it is, with steps of one over the mean Gram matrix' trace, which its largest eigenvalue cannot exceed.</summary>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var scale = RowScale.Of(round);
        var gram = await math.ScaleAsync(scale, total["gram"], cancellationToken);
        var moments = await math.ScaleAsync(scale, total["moments"], cancellationToken);
        var size = gram.Rows;
        // Sums over n are means but for the rows' share of n, which the product of the constant column with itself is.
        var share = gram.Slice(0, 0, 1, 1);
        var (l1, l2) = (await math.ScaleAsync(Alpha * L1Ratio, share, cancellationToken), await math.ScaleAsync(Alpha * (1 - L1Ratio), share, cancellationToken));
        var diagonal = await math.HadamardAsync(gram, math.Public(Matrix.Identity(size)), cancellationToken);
        var trace = diagonal.ColumnSums().Transpose().ColumnSums() + l2;
        var step = await math.ReciprocalAsync(trace, SmallestTrace, LargestTrace, cancellationToken);
        var threshold = (await math.MultiplyAsync(l1, step, cancellationToken)).RepeatRows(size - 1);
        // The penalty's own curvature counts with the sums'; the intercept has none.
        var pull = l2.RepeatRows(size - 1);
        var point = model["intercept"].Above(model["coefficients"]);
        var (ahead, momentum) = (point, 1.0);
        for (var i = 0; i < HiddenSteps; i++)
        {
            var shrinking = await math.HadamardAsync(pull, ahead.Slice(1, 0, size - 1, 1), cancellationToken);
            var gradient = await math.MultiplyAsync(gram, ahead, cancellationToken) - moments + math.Public(Matrix.Zero(1, 1)).Above(shrinking);
            var moved = ahead - await math.MultiplyAsync(gradient, step, cancellationToken);
            var next = await ShrinkAsync(math, moved, threshold, cancellationToken);
            var further = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            ahead = next + await math.ScaleAsync((momentum - 1) / further, next - point, cancellationToken);
            (point, momentum) = (next, further);
        }
        return Blocks<T>.Of(("coefficients", point.Slice(1, 0, size - 1, 1)), ("intercept", point.Slice(0, 0, 1, 1)));
    }

    /// <inheritdoc/>
    public Step<LinearModel> Update(Schema schema, LinearModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var next = Descend(total["gram"], total["moments"]);
        return new Step<LinearModel>(next, Done: true, NewtonStep.RelativeChange(model.ToVector(), next.ToVector()));
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, LinearModel model, Matrix features) => _sums.Predict(schema, model, features);

    /// <summary>Coordinate descent on centred sums: a coefficient's optimum given the others, over and over.</summary>
    private LinearModel Descend(Matrix gram, Matrix moments)
    {
        var (d, rows) = (gram.Rows - 1, gram[0, 0]);
        if (!(rows > 0)) return LinearModel.Zero(d);
        var covariance = NormalEquations.Centre(gram);
        var gradient = NormalEquations.CentreMoments(gram, moments).ToArray();      // of centred products: X'(y - X w), kept up
        var w = new double[d];
        var spread = gradient.Select((g, j) => covariance[j, j] > 0 ? g * g / covariance[j, j] : 0).DefaultIfEmpty(0).Max();
        for (var sweep = 0; sweep < MaximumSweeps; sweep++)
        {
            double largest = 0;
            for (var j = 0; j < d; j++)
            {
                var square = covariance[j, j];
                if (!(square > 0)) continue;
                var pull = gradient[j] + (square * w[j]);
                var next = Math.Sign(pull) * Math.Max(0, Math.Abs(pull) - (rows * Alpha * L1Ratio)) / (square + (rows * Alpha * (1 - L1Ratio)));
                if (next == w[j]) continue;
                var move = next - w[j];
                MatrixKernels.AddScaled(covariance.Row(j), -move, gradient);
                w[j] = next;
                largest = Math.Max(largest, square * move * move);
            }
            if (largest <= Stillness * Stillness * spread) break;
        }
        var intercept = moments[0, 0];
        for (var j = 0; j < d; j++) intercept -= gram[0, j + 1] * w[j];
        return new LinearModel(Matrix.Column(w), intercept / rows);
    }

    /// <summary>The proximal step of the L1 penalty: (|v| - t)_+ with v's sign, but for the intercept.</summary>
    private static async ValueTask<T> ShrinkAsync<T>(IArithmetic<T> math, T moved, T threshold, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var d = moved.Rows - 1;
        var coefficients = moved.Slice(1, 0, d, 1);
        var (above, below) = (coefficients - threshold, coefficients + threshold);
        // One comparison for both sides, and one product.
        var isOutside = await math.IsNegativeAsync((math.Public(Matrix.Zero(d, 1)) - above).Above(below), cancellationToken);
        var parts = await math.HadamardAsync(isOutside, above.Above(below), cancellationToken);
        return moved.Slice(0, 0, 1, 1).Above(parts.Slice(0, 0, d, 1) + parts.Slice(d, 0, d, 1));
    }
}
