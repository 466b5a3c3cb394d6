using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning;

/// <summary>
/// Starts by greedy k-means++ (Arthur, Vassilvitskii 2007, section 5: best of 2 + log k draws) among candidates of which neither places nor sizes are seen, all restarts side by side. Drawing in proportion to hidden weights w
/// takes one hidden argmin: the candidate with the largest w / e wins, e public draws of an exponential distribution (a race of clocks with rates w).
/// </summary>
internal static class KMeansHiddenStarts
{
    /// <summary>k of the candidates for every restart, restarts k x d.</summary>
    /// <param name="math">The backend.</param>
    /// <param name="candidates">m x d.</param>
    /// <param name="shares">m x 1: rows of each, over all.</param>
    /// <param name="restarts">Restarts.</param>
    /// <param name="k">Starts for each.</param>
    /// <param name="random">Public.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async ValueTask<T> DrawAsync<T>(
        IArithmetic<T> math, T candidates, T shares, int restarts, int k, SeededRandom random, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var (m, d, trials) = (candidates.Rows, candidates.Columns, 2 + (int)Math.Log(k));
        var rows = restarts * trials;
        var norms = RowSums(await math.HadamardAsync(candidates, candidates, cancellationToken)).Transpose().RepeatRows(rows);
        var sizes = shares.Transpose().RepeatRows(rows);
        T? nearest = null;
        var chosen = new T[k];
        for (var s = 0; s < k; s++)
        {
            // Trials lie under one another, all restarts of the first before those of the second.
            var known = nearest is null ? null : Repeat(nearest, trials);
            var weights = known is null ? sizes : await math.HadamardAsync(sizes, known, cancellationToken);
            var lost = math.Public(Matrix.Zero(rows, m)) - await math.HadamardAsync(weights, math.Public(Rates(rows, m, random)), cancellationToken);
            var drawn = await math.MultiplyAsync(await math.ArgMinAsync(lost, cancellationToken), candidates, cancellationToken);
            var products = await math.MultiplyAsync(drawn, candidates.Transpose(), cancellationToken);
            var own = RowSums(await math.HadamardAsync(drawn, drawn, cancellationToken)).Transpose().RepeatRows(m).Transpose();
            var distances = norms + own - products - products;
            if (known is not null)
                distances = await math.SelectAsync(await math.IsNegativeAsync(distances - known, cancellationToken), distances, known, cancellationToken);
            var best = await BestAsync(math, RowSums(await math.HadamardAsync(sizes, distances, cancellationToken)), distances.Beside(drawn), restarts, cancellationToken);
            (nearest, chosen[s]) = (best.Slice(0, 0, restarts, m), best.Slice(0, m, restarts, d));
        }
        T? starts = null;
        for (var r = 0; r < restarts; r++)
            foreach (var centre in chosen)
                starts = starts is null ? centre.Slice(r, 0, 1, d) : starts.Above(centre.Slice(r, 0, 1, d));
        return starts!;
    }

    /// <summary>Per restart the values (trials restarts x n) of the trial that costs (trials restarts x 1) least.</summary>
    private static async ValueTask<T> BestAsync<T>(IArithmetic<T> math, T costs, T values, int restarts, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var trials = costs.Rows / restarts;
        T wide = costs.Slice(0, 0, restarts, 1), flags;
        for (var t = 1; t < trials; t++) wide = wide.Beside(costs.Slice(t * restarts, 0, restarts, 1));
        var marks = await math.ArgMinAsync(wide, cancellationToken);
        flags = marks.Slice(0, 0, restarts, 1);
        for (var t = 1; t < trials; t++) flags = flags.Above(marks.Slice(0, t, restarts, 1));
        var kept = await math.HadamardAsync(flags.Transpose().RepeatRows(values.Columns).Transpose(), values, cancellationToken);
        var sum = kept.Slice(0, 0, restarts, values.Columns);
        for (var t = 1; t < trials; t++) sum += kept.Slice(t * restarts, 0, restarts, values.Columns);
        return sum;
    }

    private static T Repeat<T>(T value, int times) where T : class, ISecret<T>
    {
        var repeated = value;
        for (var t = 1; t < times; t++) repeated = repeated.Above(value);
        return repeated;
    }

    /// <summary>1 / e, over the largest of a row: only their order matters, and so they are at most 1.</summary>
    private static Matrix Rates(int rows, int columns, SeededRandom random) => Matrix.Create(rows, columns, rates =>
    {
        for (var r = 0; r < rows; r++)
        {
            var row = rates.Slice(r * columns, columns);
            for (var c = 0; c < columns; c++) row[c] = 1 / Math.Max(1e-18, -Math.Log(1 - random.NextDouble()));
            var largest = System.Numerics.Tensors.TensorPrimitives.Max<double>(row);
            System.Numerics.Tensors.TensorPrimitives.Divide(row, largest, row);
        }
    });

    private static T RowSums<T>(T value) where T : class, ISecret<T> => value.Transpose().ColumnSums().Transpose();
}
