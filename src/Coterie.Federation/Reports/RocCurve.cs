using System.Collections.Immutable;

namespace Coterie.Federation.Reports;

/// <summary>False against true positive rates over all thresholds.</summary>
/// <param name="Points">From (0, 0) to (1, 1).</param>
/// <param name="Area">The area below: the probability that a positive row scores above a negative one, ties counted half.</param>
internal sealed record RocCurve(ImmutableArray<(double X, double Y)> Points, double Area)
{
    /// <summary>Rows with equal scores make one step. Null unless both classes occur. Scores that are no numbers are ignored.</summary>
    public static RocCurve? Of(BinaryResult result)
    {
        var rows = result.IsPositive.Zip(result.Probabilities, (positive, score) => (Positive: positive, Score: score)).Where(r => !double.IsNaN(r.Score)).ToArray();
        double positives = rows.Count(r => r.Positive), negatives = rows.Length - positives;
        if (positives == 0 || negatives == 0) return null;
        var points = ImmutableArray.CreateBuilder<(double X, double Y)>();
        points.Add((0, 0));
        var (x, y, area) = (0.0, 0.0, 0.0);
        foreach (var step in rows.GroupBy(r => r.Score).OrderByDescending(g => g.Key))
        {
            var hits = step.Count(r => r.Positive);
            var (right, up) = ((step.Count() - hits) / negatives, hits / positives);
            area += right * (y + (up / 2));
            (x, y) = (x + right, y + up);
            points.Add((x, y));
        }

        return new RocCurve(points.ToImmutable(), area);
    }

    /// <summary>Counts at the result's threshold: rows are actual, columns predicted, negative first.</summary>
    public static ConfusionResult Confusion(BinaryResult result)
    {
        var counts = new long[2, 2];
        foreach (var (positive, score) in result.IsPositive.Zip(result.Probabilities).Where(r => !double.IsNaN(r.Second)))
            counts[positive ? 1 : 0, score >= result.Threshold ? 1 : 0]++;
        return new ConfusionResult([result.NegativeName, result.PositiveName], [[counts[0, 0], counts[0, 1]], [counts[1, 0], counts[1, 1]]]);
    }
}
