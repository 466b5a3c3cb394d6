using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>Mean and deviation of the target from sums that may be hidden, on the scale on which the agreed range is [-1, 1].</summary>
internal static class HiddenScale
{
    /// <summary>A target whose deviation is a smaller part of the half range counts as if it had this one: fixed point has no digits for less.</summary>
    public const double SmallestDeviation = 1.0 / 256;

    /// <summary>Heron's steps: eight halve the way from 1 to the smallest, the rest double the digits.</summary>
    private const int Steps = 14;

    /// <summary>2 x 1 over n: sums of w u and w u^2.</summary>
    public static async ValueTask<T> SumsAsync<T>(IArithmetic<T> math, Blocks<T> rows, double scale, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var targets = rows["targets"];
        var weighted = rows.Find("weights") is { } weights ? await math.HadamardAsync(weights, targets, cancellationToken) : targets;
        var squares = await math.HadamardAsync(weighted, targets, cancellationToken);
        return await math.ScaleAsync(scale, weighted.ColumnSums().Above(squares.ColumnSums()), cancellationToken);
    }

    /// <summary>2 x 1: mean and deviation.</summary>
    /// <param name="math">The backend.</param>
    /// <param name="sums">2 x 1: of w u and w u^2, over n.</param>
    /// <param name="perShare">1 over the weight of the rows over n.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async ValueTask<T> OfAsync<T>(IArithmetic<T> math, T sums, T perShare, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var means = await math.MultiplyAsync(sums, perShare, cancellationToken);
        var mean = means.Slice(0, 0, 1, 1);
        var variance = means.Slice(1, 0, 1, 1) - await math.HadamardAsync(mean, mean, cancellationToken);
        var least = math.Public(Matrix.Scalar(SmallestDeviation * SmallestDeviation));
        var raised = await math.SelectAsync(await math.IsNegativeAsync(variance - least, cancellationToken), least, variance, cancellationToken);
        var root = math.Public(Matrix.Scalar(1));
        for (var i = 0; i < Steps; i++)
        {
            var inverse = await math.ReciprocalAsync(root, SmallestDeviation / 2, 2, cancellationToken);
            root = await math.ScaleAsync(0.5, root + await math.MultiplyAsync(raised, inverse, cancellationToken), cancellationToken);
        }
        return mean.Above(root);
    }
}
