using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning;

/// <summary>Chooses centres from public ranges and summed statistics alone; every centre lies in the agreed box.</summary>
internal sealed class KMeansSeeding(Schema schema, SeededRandom random)
{
    /// <summary>Clusters below so many rows are not built on: their mean says too much about a row.</summary>
    public const int MinimumRows = 5;

    /// <summary>Steps away from a mean, in spreads: far enough to part a cluster, near enough to stay inside it.</summary>
    private const double Step = 0.5;

    /// <summary>Least step, as a part of the box: a cluster of equal rows has no spread, and its mean is a row.</summary>
    private const double LeastStep = 1e-6;

    /// <summary>Uniform in the box.</summary>
    public void FillFromBox(Span<double> centres)
    {
        for (var i = 0; i < centres.Length; i++)
        {
            var column = schema.Features[i % schema.FeatureCount];
            centres[i] = column.Minimum + (random.NextDouble() * (column.Maximum - column.Minimum));
        }
    }

    /// <summary>
    /// The next candidates: means of the clusters with enough rows; the widest of them are parted in two while there is room
    /// (bisection, about as many rounds as the number of candidates has bits); the rest is drawn anew.
    /// </summary>
    public Matrix NextCandidates(KMeansClusters clusters)
    {
        int d = clusters.Dimensions, room = clusters.Size;
        var kept = Substantial(clusters);
        room -= kept.Size;
        var parted = Enumerable.Range(0, kept.Size).Where(c => kept.Counts[c] >= 2 * MinimumRows && kept.Squares[c] > 0)
            .OrderByDescending(c => kept.Squares[c]).Take(room).ToHashSet();
        return Matrix.Create(clusters.Size, d, centres =>
        {
            var next = 0;
            for (var c = 0; c < kept.Size; c++)
            {
                var first = centres.Slice(next++ * d, d);
                if (parted.Contains(c)) Part(kept, c, first, centres.Slice(next++ * d, d));
                else kept.Mean(c).CopyTo(first);
            }
            FillFromBox(centres[(next * d)..]);
        });
    }

    /// <summary>
    /// k starts among the candidates by greedy k-means++ (Arthur, Vassilvitskii 2007, section 5: best of 2 + log k draws), where a
    /// candidate stands for its rows: its distance includes its own squares, and a start is a step away from the candidate's mean.
    /// </summary>
    public void FillFromCandidates(KMeansClusters candidates, Span<double> starts)
    {
        int d = candidates.Dimensions, k = starts.Length / d, trials = 2 + (int)Math.Log(k);
        var clusters = Substantial(candidates);
        var nearest = new double[clusters.Size];
        Array.Fill(nearest, double.PositiveInfinity);
        for (var s = 0; s < k; s++)
        {
            var (best, bestCost, bestNearest) = (0, double.PositiveInfinity, nearest);
            for (var trial = 0; trial < (s == 0 ? 1 : trials); trial++)
            {
                var draw = Draw(clusters.Size, c => s == 0 ? clusters.Counts[c] : (clusters.Counts[c] * nearest[c]) + clusters.Squares[c]);
                var distances = new double[clusters.Size];
                double cost = 0;
                for (var c = 0; c < distances.Length; c++)
                {
                    distances[c] = Math.Min(nearest[c], KMeansClusters.SquaredDistance(clusters.Mean(c), clusters.Mean(draw)));
                    cost += clusters.Counts[c] * distances[c];
                }
                if (cost < bestCost) (best, bestCost, bestNearest) = (draw, cost, distances);
            }
            nearest = bestNearest;
            Near(clusters, best, starts.Slice(s * d, d));
        }
    }

    /// <summary>A start for another descent: two clusters of a solution that cost little to merge are merged, a wide one is parted.</summary>
    public void FillByMergingAndParting(KMeansClusters solution, Span<double> starts)
    {
        int d = solution.Dimensions, k = solution.Size;
        var pairs = from a in Enumerable.Range(0, k) from b in Enumerable.Range(a + 1, k - a - 1) orderby solution.MergeCost(a, b) select (a, b);
        var cheapest = pairs.Take(Choices).ToArray();
        var (first, second) = cheapest[random.NextInt32(cheapest.Length)];
        var merged = solution.Select([first, second]).Merged();
        var others = solution.Select([.. Enumerable.Range(0, k).Where(c => c != first && c != second)]);
        var widest = Enumerable.Range(-1, others.Size + 1).OrderByDescending(c => c < 0 ? merged.Squares[0] : others.Squares[c]).Take(Choices).ToArray();
        var chosen = widest[random.NextInt32(widest.Length)];
        for (var c = 0; c < others.Size; c++) others.Mean(c).CopyTo(starts.Slice(c * d, d));
        var left = starts.Slice((k - 2) * d, d);
        var right = starts.Slice((k - 1) * d, d);
        merged.Mean(0).CopyTo(left);
        if (chosen < 0) Part(merged, 0, left, right);
        else Part(others, chosen, starts.Slice(chosen * d, d), right);
    }

    /// <summary>Gives empty clusters a place beside the means of the widest ones.</summary>
    public void FillEmpty(KMeansClusters clusters, Span<double> means)
    {
        var d = clusters.Dimensions;
        var widest = new Queue<int>(Enumerable.Range(0, clusters.Size).Where(c => clusters.Squares[c] > 0).OrderByDescending(c => clusters.Squares[c]));
        for (var c = 0; c < clusters.Size; c++)
            if (clusters.Counts[c] < KMeansClusters.Empty && widest.TryDequeue(out var wide)) Near(clusters, wide, means.Slice(c * d, d));
    }

    /// <summary>The second generation chooses among so many pairs to merge and clusters to part: few, so that the choice is good, and more than one, so that descents differ.</summary>
    private const int Choices = 3;

    private static KMeansClusters Substantial(KMeansClusters clusters)
    {
        var kept = clusters.Select([.. Enumerable.Range(0, clusters.Size).Where(c => clusters.Counts[c] >= MinimumRows - KMeansClusters.Empty)]);
        return kept.Size > 0 ? kept : clusters.Merged();
    }

    private void Part(KMeansClusters clusters, int cluster, Span<double> first, Span<double> second)
    {
        for (var j = 0; j < first.Length; j++)
        {
            var (mean, step) = (clusters.Mean(cluster)[j], Deviation(clusters, cluster, j));
            first[j] = Inside(j, mean + step);
            second[j] = Inside(j, mean - step);
        }
    }

    private void Near(KMeansClusters clusters, int cluster, Span<double> start)
    {
        for (var j = 0; j < start.Length; j++) start[j] = Inside(j, clusters.Mean(cluster)[j] + Deviation(clusters, cluster, j));
    }

    private double Deviation(KMeansClusters clusters, int cluster, int j) =>
        random.NextGaussian() * Math.Max(Step * clusters.Spread(cluster), LeastStep * (schema.Features[j].Maximum - schema.Features[j].Minimum));

    private double Inside(int j, double value) => Math.Clamp(value, schema.Features[j].Minimum, schema.Features[j].Maximum);

    private int Draw(int count, Func<int, double> weight)
    {
        var weights = Enumerable.Range(0, count).Select(weight).ToArray();
        var point = random.NextDouble() * weights.Sum();
        for (var i = 0; i < count - 1; i++)
            if ((point -= weights[i]) < 0) return i;
        return count - 1;
    }
}
