using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning.Kernels;

/// <summary>
/// Centres of kernels that say nothing about any row: they are drawn from the agreed facts about columns alone, in the box of their ranges, each cut to
/// twice the column's root mean square where that is agreed.
/// </summary>
internal static class PublicCentroids
{
    /// <summary>Candidates for each centroid that is wanted.</summary>
    private const int CandidatesEach = 3;

    /// <summary>Half the box's width, in root mean squares: beyond it a standardised column has next to no rows.</summary>
    private const double Reach = 2;

    /// <summary>Points of the box at which two designs are compared.</summary>
    private const int Probes = 512;

    /// <summary>
    /// So many centroids, budget x d: candidates uniform in the box of which the closest pairs are merged until the budget remains, or a Latin
    /// hypercube (McKay, Beckman, Conover 1979) where points of the box are nearer to that.
    /// </summary>
    /// <param name="schema">Columns with known ranges.</param>
    /// <param name="budget">At least 1.</param>
    /// <param name="random">The draws; the same at every party.</param>
    /// <exception cref="ArgumentException">A column's range is not known.</exception>
    public static Matrix Draw(Schema schema, int budget, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        var box = schema.Features.Select(Box).ToArray();
        var merged = MergeClosest(Uniform(box, CandidatesEach * budget, random), budget);
        var spread = LatinHypercube(box, budget, random);
        var probes = Uniform(box, Probes, random);
        return MeanDistance(probes, merged) <= MeanDistance(probes, spread) ? merged : spread;
    }

    /// <summary>Merges the closest pair into its middle until so many points are left.</summary>
    public static Matrix MergeClosest(Matrix points, int left)
    {
        var rows = Enumerable.Range(0, points.Rows).Select(i => points.Row(i).ToArray()).ToList();
        var nearest = new List<(int Index, double Distance)>(rows.Count);
        for (var i = 0; i < rows.Count; i++) nearest.Add(NearestTo(rows, i));
        while (rows.Count > left)
        {
            var first = 0;
            for (var i = 1; i < rows.Count; i++)
                if (nearest[i].Distance < nearest[first].Distance) first = i;
            var second = nearest[first].Index;
            for (var j = 0; j < rows[first].Length; j++) rows[first][j] = (rows[first][j] + rows[second][j]) / 2;
            // The last point takes the place of the one that is gone.
            var last = rows.Count - 1;
            (rows[second], nearest[second]) = (rows[last], nearest[last]);
            rows.RemoveAt(last);
            nearest.RemoveAt(last);
            if (first == last) first = second;
            for (var i = 0; i < rows.Count; i++)
            {
                var index = nearest[i].Index;
                if (i == first || i == second || index == first || index == second || index == last) nearest[i] = NearestTo(rows, i);
                else if (KMeansClusters.SquaredDistance(rows[i], rows[first]) is var distance && distance < nearest[i].Distance) nearest[i] = (first, distance);
            }
        }
        return FromRows(rows);
    }

    private static (double Low, double High) Box(Column column)
    {
        if (!double.IsFinite(column.Bound)) throw new ArgumentException($"The range of column '{column.Name}' is not known; declare or agree it first.", nameof(column));
        var reach = double.IsNaN(column.RootMeanSquare) ? double.PositiveInfinity : Reach * column.RootMeanSquare;
        return (Math.Max(column.Minimum, -reach), Math.Min(column.Maximum, reach)) is var (low, high) && low <= high ? (low, high) : (column.Minimum, column.Maximum);
    }

    private static Matrix Uniform((double Low, double High)[] box, int count, SeededRandom random) => Matrix.Create(count, box.Length, cells =>
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var (low, high) = box[i % box.Length];
            cells[i] = low + (random.NextDouble() * (high - low));
        }
    });

    /// <summary>Every column has one point in each of so many equal parts of its range, in a random order of its own.</summary>
    private static Matrix LatinHypercube((double Low, double High)[] box, int count, SeededRandom random) => Matrix.Create(count, box.Length, cells =>
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var j = 0; j < box.Length; j++)
        {
            random.Shuffle<int>(order);
            var (low, high) = box[j];
            for (var i = 0; i < count; i++) cells[(i * box.Length) + j] = low + ((order[i] + random.NextDouble()) / count * (high - low));
        }
    });

    private static double MeanDistance(Matrix probes, Matrix centroids)
    {
        double sum = 0;
        for (var p = 0; p < probes.Rows; p++)
        {
            var best = double.PositiveInfinity;
            for (var c = 0; c < centroids.Rows; c++) best = Math.Min(best, KMeansClusters.SquaredDistance(probes.Row(p), centroids.Row(c)));
            sum += Math.Sqrt(best);
        }
        return sum / probes.Rows;
    }

    private static (int Index, double Distance) NearestTo(List<double[]> rows, int i)
    {
        var best = (Index: -1, Distance: double.PositiveInfinity);
        for (var j = 0; j < rows.Count; j++)
            if (j != i && KMeansClusters.SquaredDistance(rows[i], rows[j]) is var distance && distance < best.Distance) best = (j, distance);
        return best;
    }

    private static Matrix FromRows(List<double[]> rows) => Matrix.Create(rows.Count, rows[0].Length, cells =>
    {
        for (var i = 0; i < rows.Count; i++) rows[i].CopyTo(cells[(i * rows[i].Length)..]);
    });
}
