using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.SupportVectors;

/// <summary>Subgradients of the mean hinge of K functions, on values that may be hidden.</summary>
internal static class HingeDescent
{
    /// <summary><c>features</c> [1 | X] (n x (d + 1)), <c>targets</c> +-1 (n x K), <c>pulls</c> (n x K) the signs times the rows' weights, <c>weight</c> (1 x 1) the rows' own.</summary>
    public static async ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(rows);
        var (features, signs) = (rows["features"], rows["targets"]);
        var (pulls, weight) = (signs, math.Public(Matrix.Scalar(features.Rows)));
        if (rows.Find("weights") is { } weights)
        {
            weight = weights.ColumnSums();
            pulls = await math.HadamardAsync(weights.Transpose().RepeatRows(signs.Columns).Transpose(), signs, cancellationToken);
        }
        return Blocks<T>.Of(("features", features), ("targets", signs), ("pulls", pulls), ("weight", weight));
    }

    /// <summary><c>gradient</c> ((d + 1) x K) and <c>share</c> (1 x 1), both over n.</summary>
    /// <param name="math">The backend.</param>
    /// <param name="functions">(d + 1) x K.</param>
    /// <param name="local">What <see cref="PrepareAsync"/> made.</param>
    /// <param name="round">The round.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async ValueTask<Blocks<T>> ContributeAsync<T>(
        IArithmetic<T> math, T functions, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(local);
        var (features, signs) = (local["features"], local["targets"]);
        var values = await math.MultiplyAsync(features, functions, cancellationToken);
        var products = await math.FlipAsync(signs, values, cancellationToken);
        var ones = math.Public(Matrix.Create(signs.Rows, signs.Columns, static cells => cells.Fill(1)));
        var inside = await math.IsNegativeAsync(products - ones, cancellationToken);
        var slopes = await math.HadamardAsync(inside, local["pulls"], cancellationToken);
        var gradient = await math.MultiplyAsync(features.Transpose(), slopes, cancellationToken);
        var scale = RowScale.Of(round);
        return Blocks<T>.Of(
            ("gradient", await math.ScaleAsync(-scale, gradient, cancellationToken)),
            ("share", await math.ScaleAsync(scale, local["weight"], cancellationToken)));
    }
}
