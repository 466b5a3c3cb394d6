using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// The plain form of a k-means contribution: per group of centres the rows nearest to each, their sum and squared distances.
/// Groups whose centres did not move since the last round are not computed again.
/// </summary>
internal sealed class KMeansKernel(KMeans learner, Shard shard) : ILocal<KMeansModel>
{
    private Matrix? _centres;
    private Statistics _statistics = new(0, 0);

    public Blocks<Matrix> Contribute(KMeansModel model, Round round)
    {
        var centres = model.Search!.Working;
        var size = learner.GroupSize(round);
        var fresh = new Statistics(centres.Rows, centres.Columns);
        var moved = new List<int>();
        for (var first = 0; first < centres.Rows; first += size)
            if (IsUnmoved(centres, first, size)) fresh.Take(_statistics, first, size);
            else moved.AddRange(Enumerable.Range(first, size));
        if (moved.Count > 0) Accumulate(centres, [.. moved], size, fresh);
        (_centres, _statistics) = (centres, fresh);
        return fresh.ToBlocks();
    }

    private bool IsUnmoved(Matrix centres, int first, int size) =>
        _centres?.Rows == centres.Rows
        && _centres.Values.Slice(first * centres.Columns, size * centres.Columns).SequenceEqual(centres.Values.Slice(first * centres.Columns, size * centres.Columns));

    private void Accumulate(Matrix centres, int[] rows, int size, Statistics statistics)
    {
        int d = centres.Columns, w = rows.Length;
        // Distances from a point amid the centres: |c|^2 - 2xc cancels less the nearer the origin.
        var origin = (1.0 / w) * centres.SelectRows(rows).ColumnSums();
        var shifted = centres.SelectRows(rows) - origin.RepeatRows(w);
        var byColumn = shifted.Transpose();
        var halfNorms = new double[w];
        for (var c = 0; c < w; c++) halfNorms[c] = TensorPrimitives.SumOfSquares(shifted.Row(c)) / 2;
        var (scores, x, difference) = (new double[w], new double[d], new double[d]);
        for (var i = 0; i < shard.Rows; i++)
        {
            var row = shard.Features.Row(i);
            TensorPrimitives.Subtract(row, origin.Values, x);
            halfNorms.CopyTo(scores, 0);
            for (var j = 0; j < d; j++)
                if (x[j] != 0) MatrixKernels.AddScaled(byColumn.Row(j), -x[j], scores);
            var weight = shard.Weights is { } weights ? weights[i, 0] : 1;
            for (var g = 0; g < w; g += size)
            {
                var nearest = rows[g + TensorPrimitives.IndexOfMin(scores.AsSpan(g, size))];
                TensorPrimitives.Subtract(row, centres.Row(nearest), difference);
                statistics.Add(nearest, row, weight, TensorPrimitives.SumOfSquares<double>(difference));
            }
        }
    }

    private sealed class Statistics(int centres, int d)
    {
        private readonly double[] _counts = new double[centres], _sums = new double[centres * d], _squares = new double[centres];

        public void Add(int centre, ReadOnlySpan<double> row, double weight, double square)
        {
            _counts[centre] += weight;
            _squares[centre] += weight * square;
            MatrixKernels.AddScaled(row, weight, _sums.AsSpan(centre * d, d));
        }

        public void Take(Statistics other, int first, int count)
        {
            other._counts.AsSpan(first, count).CopyTo(_counts.AsSpan(first));
            other._squares.AsSpan(first, count).CopyTo(_squares.AsSpan(first));
            other._sums.AsSpan(first * d, count * d).CopyTo(_sums.AsSpan(first * d));
        }

        public Blocks<Matrix> ToBlocks() => Blocks<Matrix>.Of(
            ("counts", new(centres, 1, _counts)), ("sums", new(centres, d, _sums)), ("squares", new(centres, 1, _squares)));
    }
}
