using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Margins;

/// <summary>
/// K penalised functions by steps of a fixed bound on the curvature, on values that may be hidden (Boehning, Lindsay 1988): with c the largest curvature of the
/// loss, B = c X'X + P is at least the Hessian everywhere, so that v = w - B^-1 gradient(w) never overshoots. B is summed and inverted once; every further
/// round takes a gradient. Each step is carried on by a share of the way from the step before, w = v + (v - v') k / (k + 3) in round k (Nesterov 1983; Beck, Teboulle 2009, section 4), so
/// that the distance to the optimum's value falls with the square of the rounds. Whatever the precision of the inverse, the steps end where the gradient is zero.
/// </summary>
/// <param name="Loss">Of the rows.</param>
/// <param name="Penalty">Of 0.5 ||w||^2 against a weight of the rows of 1: 1 / C, or 0.</param>
internal readonly record struct BoundedSteps(BoundedLoss Loss, double Penalty)
{
    /// <summary>The block that whoever moves the model keeps: the inverse of the bound, (d + 1) x (d + 1).</summary>
    public const string Inverse = "inverse-bound";

    private const string Products = "products";

    /// <summary>The block of the functions where the last step ended, (d + 1) x K.</summary>
    public const string Reached = "reached";

    /// <summary>
    /// Added to the mean bound at least, which stays a bound: columns that nearly depend on each other would ask for more digits than hidden numbers have.
    /// </summary>
    private const double Damping = 1.0 / 1024;

    private const double LargestPivot = 4096;

    private double Curvature => Loss == BoundedLoss.Logistic ? 0.25 : 2;

    /// <summary>
    /// With n = all rows, rounded up to a power of two, weights up to W, root mean squares r of columns and F of f: <c>gradient</c> ((d + 1) x K) is at most
    /// W max_j r_j, times 2 (1 + F) for the squared hinge; <c>products</c> ((d + 1) x (d + 1), first round only) W max_j r_j^2.
    /// </summary>
    /// <param name="means">r, intercept first.</param>
    /// <param name="weight">W.</param>
    /// <param name="functions">Per function intercept and coefficients.</param>
    /// <param name="round">The round.</param>
    public ImmutableArray<BlockSpec> Layout(double[] means, double weight, IReadOnlyList<double[]> functions, Round round)
    {
        var largest = means.Max();
        // A sigmoid under fixed point errs by up to 2^-10.
        var slope = Loss == BoundedLoss.Logistic
            ? 1 + (1.0 / 1024)
            : 2 * (1 + functions.Max(f => f.Zip(means, static (w, r) => Math.Abs(w) * r).Sum()));
        var gradient = new BlockSpec("gradient", means.Length, functions.Count, LinearRows.Positive(weight * largest * slope));
        return round.Index > 0 ? [gradient] : [gradient, new BlockSpec(Products, means.Length, means.Length, LinearRows.Positive(weight * largest * largest))];
    }

    /// <summary>[1 | X], a column for every function: 0 and 1, or -1 and 1; and weights.</summary>
    public Shard Featurize(Schema schema, Shard shard, int classes, ImmutableArray<int> second, ClassWeights classWeights)
    {
        var targets = Logistic.Targets(schema, shard, classes);
        var weights = Logistic.RowWeights(shard, targets, classWeights.Resolve(schema, classes));
        var low = Loss == BoundedLoss.Logistic ? 0 : -1;
        var columns = Matrix.Create(targets.Rows, second.Length, values =>
        {
            for (var i = 0; i < targets.Rows; i++)
                for (var k = 0; k < second.Length; k++) values[(i * second.Length) + k] = targets[i, 0] == second[k] ? 1 : low;
        });
        return new Shard(LinearRows.WithIntercept(schema, shard.Features), columns, weights is null ? null : Matrix.Column(weights));
    }

    /// <summary>The rows and, beside them, <c>products</c> ((d + 1) x (d + 1)) of their features, which depend on nothing else: whoever knows the rows makes them alone.</summary>
    public static async ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var features = rows["features"];
        var weighted = rows.Find("weights") is { } weights ? await math.HadamardAsync(Spread(weights, features.Columns), features, cancellationToken) : features;
        return rows.With(Products, await math.MultiplyAsync(features.Transpose(), weighted, cancellationToken));
    }

    /// <summary><c>gradient</c> and, in the first round, <c>products</c>, both over n.</summary>
    /// <param name="math">The backend.</param>
    /// <param name="functions">(d + 1) x K.</param>
    /// <param name="rows"><c>features</c>, <c>targets</c> (n x K), <c>weights</c> (n x 1) where rows are weighted, and <c>products</c>.</param>
    /// <param name="round">The round.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async ValueTask<Blocks<T>> ContributeAsync<T>(IArithmetic<T> math, T functions, Blocks<T> rows, Round round, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        var (features, weights, scale) = (rows["features"], rows.Find("weights"), RowScale.Of(round));
        var values = await math.MultiplyAsync(features, functions, cancellationToken);
        var slopes = await SlopesAsync(math, values, rows["targets"], cancellationToken);
        if (weights is not null) slopes = await math.HadamardAsync(Spread(weights, slopes.Columns), slopes, cancellationToken);
        var gradient = await math.ScaleAsync(scale, await math.MultiplyAsync(features.Transpose(), slopes, cancellationToken), cancellationToken);
        return round.Index > 0
            ? Blocks<T>.Of(("gradient", gradient))
            : Blocks<T>.Of(("gradient", gradient), (Products, await math.ScaleAsync(scale, rows[Products], cancellationToken)));
    }

    /// <summary>The functions after a step, (d + 1) x K, and what is kept: the inverse of the bound, and where the step ended before momentum.</summary>
    /// <param name="math">The backend.</param>
    /// <param name="functions">(d + 1) x K.</param>
    /// <param name="model">Has what was kept after the round before.</param>
    /// <param name="total">The contributions' sum.</param>
    /// <param name="round">The round.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async ValueTask<(T Functions, Blocks<T> Kept)> MoveAsync<T>(
        IArithmetic<T> math, T functions, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken)
        where T : class, ISecret<T>
    {
        var (size, penalty) = (functions.Rows, Penalty * RowScale.Of(round));
        var inverse = model.Find(Inverse) ?? await InvertAsync(math, total[Products], penalty, cancellationToken);
        var gradient = total["gradient"];
        if (penalty > 0)
        {
            var pull = await math.ScaleAsync(penalty, functions.Slice(1, 0, size - 1, functions.Columns), cancellationToken);
            gradient += math.Public(Matrix.Zero(1, functions.Columns)).Above(pull);
        }
        var reached = functions - await math.MultiplyAsync(inverse, gradient, cancellationToken);
        var momentum = round.Index / (round.Index + 3.0);
        var carried = model.Find(Reached) is { } before ? reached + await math.ScaleAsync(momentum, reached - before, cancellationToken) : reached;
        return (carried, Blocks<T>.Of((Inverse, inverse), (Reached, reached)));
    }

    private async ValueTask<T> InvertAsync<T>(IArithmetic<T> math, T products, double penalty, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var (size, raise) = (products.Rows, Math.Max(penalty, Damping));
        var bound = await math.ScaleAsync(Curvature, products, cancellationToken) + math.Public(Diagonal(size, j => j == 0 ? 0 : raise));
        return await math.SolveAsync(bound, math.Public(Diagonal(size, static _ => 1)), Math.Min(raise, 1.0 / 16), LargestPivot + raise, cancellationToken);
    }

    /// <summary>Derivatives of the loss by f.</summary>
    private async ValueTask<T> SlopesAsync<T>(IArithmetic<T> math, T values, T targets, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        if (Loss == BoundedLoss.Logistic) return await math.SigmoidAsync(values, cancellationToken) - targets;
        // -2 s (1 - s f) = 2 (f - s) inside the margin, which is where s f - 1 is negative.
        var margins = await math.FlipAsync(targets, values, cancellationToken) - math.Public(Matrix.Create(values.Rows, values.Columns, static cells => cells.Fill(1)));
        var inside = await math.IsNegativeAsync(margins, cancellationToken);
        return await math.ScaleAsync(2, await math.HadamardAsync(inside, values - targets, cancellationToken), cancellationToken);
    }

    private static T Spread<T>(T column, int columns) where T : class, ISecret<T> => column.Transpose().RepeatRows(columns).Transpose();

    private static Matrix Diagonal(int size, Func<int, double> entry) => Matrix.Create(size, size, values =>
    {
        for (var j = 0; j < size; j++) values[j * (size + 1)] = entry(j);
    });
}
