using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning;

/// <summary>
/// Starts by k-means++ (Arthur, Vassilvitskii 2007) among candidates of which neither places nor sizes are seen, all restarts side by side. Drawing in proportion to hidden weights w
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
        var (m, d) = (candidates.Rows, candidates.Columns);
        var norms = RowSums(await math.HadamardAsync(candidates, candidates, cancellationToken)).Transpose().RepeatRows(restarts);
        var sizes = shares.Transpose().RepeatRows(restarts);
        T? nearest = null;
        var chosen = new T[k];
        for (var s = 0; s < k; s++)
        {
            var weights = nearest is null ? sizes : await math.HadamardAsync(sizes, nearest, cancellationToken);
            var lost = math.Public(Matrix.Zero(restarts, m)) - await math.HadamardAsync(weights, math.Public(Rates(restarts, m, random)), cancellationToken);
            chosen[s] = await math.MultiplyAsync(await math.ArgMinAsync(lost, cancellationToken), candidates, cancellationToken);
            if (s == k - 1) break;
            var products = await math.MultiplyAsync(chosen[s], candidates.Transpose(), cancellationToken);
            var own = RowSums(await math.HadamardAsync(chosen[s], chosen[s], cancellationToken)).Transpose().RepeatRows(m).Transpose();
            var distances = norms + own - products - products;
            nearest = nearest is null
                ? distances
                : await math.SelectAsync(await math.IsNegativeAsync(distances - nearest, cancellationToken), distances, nearest, cancellationToken);
        }
        T? starts = null;
        for (var r = 0; r < restarts; r++)
            foreach (var centre in chosen)
                starts = starts is null ? centre.Slice(r, 0, 1, d) : starts.Above(centre.Slice(r, 0, 1, d));
        return starts!;
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
