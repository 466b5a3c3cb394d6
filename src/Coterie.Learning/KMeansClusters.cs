using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>Summed statistics of some clusters: what every choice of k-means is made from.</summary>
internal sealed class KMeansClusters
{
    /// <summary>Half a row: sums through fixed point are whole up to rounding.</summary>
    public const double Empty = 0.5;

    private readonly double[] _means;

    private KMeansClusters(int dimensions, double[] means, double[] counts, double[] squares)
    {
        Dimensions = dimensions;
        _means = means;
        Counts = counts;
        Squares = squares;
    }

    public int Dimensions { get; }

    public int Size => Counts.Length;

    /// <summary>Rows per cluster.</summary>
    public double[] Counts { get; }

    /// <summary>Sum of squared distances to the cluster's own mean.</summary>
    public double[] Squares { get; }

    /// <summary>Sum of squared distances to the centres that were asked about.</summary>
    public double Inertia { get; private init; }

    public ReadOnlySpan<double> Mean(int cluster) => _means.AsSpan(cluster * Dimensions, Dimensions);

    /// <summary>Root of the mean squared distance from the mean, per dimension.</summary>
    public double Spread(int cluster) => Counts[cluster] < Empty ? 0 : Math.Sqrt(Squares[cluster] / Counts[cluster] / Dimensions);

    /// <summary>The clusters around <paramref name="size"/> centres from <paramref name="first"/>; an empty one keeps its centre as mean.</summary>
    public static KMeansClusters From(Blocks<Matrix> total, Matrix centres, int first, int size)
    {
        var d = centres.Columns;
        var (means, counts, squares) = (new double[size * d], new double[size], new double[size]);
        double inertia = 0;
        for (var c = 0; c < size; c++)
        {
            counts[c] = total["counts"][first + c, 0];
            var centre = centres.Row(first + c);
            var mean = means.AsSpan(c * d, d);
            inertia += total["squares"][first + c, 0];
            if (counts[c] < Empty) centre.CopyTo(mean);
            else
            {
                TensorPrimitives.Divide(total["sums"].Row(first + c), counts[c], mean);
                // About the mean instead of the centre (Steiner).
                squares[c] = Math.Max(0, total["squares"][first + c, 0] - (counts[c] * SquaredDistance(centre, mean)));
            }
        }
        return new(d, means, counts, squares) { Inertia = inertia };
    }

    /// <summary>A known solution.</summary>
    public static KMeansClusters Of(Matrix means, Matrix countsAndSquares)
    {
        var (counts, squares) = (new double[means.Rows], new double[means.Rows]);
        countsAndSquares.CopyColumn(0, counts);
        countsAndSquares.CopyColumn(1, squares);
        return new(means.Columns, means.ToArray(), counts, squares);
    }

    public Matrix Means => new(Size, Dimensions, (double[])_means.Clone());

    public Matrix CountsAndSquares => Matrix.Column(Counts).Beside(Matrix.Column(Squares));

    /// <summary>The clusters named, without the others.</summary>
    public KMeansClusters Select(IReadOnlyList<int> clusters) => new(
        Dimensions, [.. clusters.SelectMany(c => Mean(c).ToArray())], [.. clusters.Select(c => Counts[c])], [.. clusters.Select(c => Squares[c])]);

    /// <summary>All rows as one cluster.</summary>
    public KMeansClusters Merged()
    {
        var mean = new double[Dimensions];
        var count = Counts.Sum();
        for (var c = 0; c < Size; c++) MatrixKernels.AddScaled(Mean(c), Counts[c] / count, mean);
        var squares = Enumerable.Range(0, Size).Sum(c => Squares[c] + (Counts[c] * SquaredDistance(Mean(c), mean)));
        return new(Dimensions, mean, [count], [squares]);
    }

    /// <summary>What the inertia rises by when two clusters become one (Ward 1963).</summary>
    public double MergeCost(int a, int b) =>
        Counts[a] + Counts[b] < Empty ? 0 : Counts[a] * Counts[b] / (Counts[a] + Counts[b]) * SquaredDistance(Mean(a), Mean(b));

    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }
}
