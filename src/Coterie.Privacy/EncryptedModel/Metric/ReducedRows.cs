using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// A validator's rows [X | y], n x c, as c rows with the same sums of squares and products along every combination of columns: the triangular factor R of
/// [X | y] = Q R (Householder 1958). For orthogonal Q, |Q R v| = |R v|. However many rows there are, c remain, and none is that of anybody.
/// </summary>
internal sealed record ReducedRows(Matrix Factor, int Count)
{
    /// <summary>Bits of an entry's integer, as a fraction of its column's scale.</summary>
    public const int EntryBits = 30;

    /// <summary>Of rows within their bounds.</summary>
    /// <exception cref="ArgumentException">No target, no rows, or another number of columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Too many rows, or a number beyond its bound.</exception>
    public static ReducedRows Of(Shard shard, MetricTerms terms)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var targets = shard.Targets ?? throw new ArgumentException("Validators need targets.", nameof(shard));
        if (shard.Features.Columns + 1 != terms.Columns) throw new ArgumentException($"Rows have {shard.Features.Columns} features with the intercept; {terms.FeatureBounds.Length} were agreed.", nameof(shard));
        if (shard.Rows < 1 || shard.Rows > terms.RowsAtMost) throw new ArgumentOutOfRangeException(nameof(shard), shard.Rows, $"A validator has 1 to {terms.RowsAtMost} rows.");
        var rows = shard.Features.Beside(targets);
        new Bounds(Extent.Private(terms.RowsAtMost), Extent.Of([.. terms.FeatureBounds, terms.TargetBound])).Require(rows);
        return new ReducedRows(FactorOf(rows), shard.Rows);
    }

    /// <summary>Entries as integers of <see cref="EntryBits"/> bits, each column as a fraction of its scale; row by row.</summary>
    public long[] Encode(MetricTerms terms)
    {
        const long Most = (1L << EntryBits) - 1;
        var entries = new long[Factor.Values.Length];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Math.Clamp((long)Math.Round(Math.ScaleB(Factor.Values[i], EntryBits - terms.ScaleOf(i % Factor.Columns))), -Most, Most);
        return entries;
    }

    /// <summary>What masks are derived with, so that other rows have other masks.</summary>
    public byte[] Digest() => SHA256.HashData([.. BitConverter.GetBytes(Count), .. MemoryMarshal.AsBytes(Factor.Values)]);

    private static Matrix FactorOf(Matrix rows)
    {
        int n = Math.Max(rows.Rows, rows.Columns), c = rows.Columns;
        var columns = new double[c][];
        for (var j = 0; j < c; j++) rows.CopyColumn(j, (columns[j] = new double[n]).AsSpan(0, rows.Rows));
        var mirror = new double[n];
        for (var j = 0; j < c; j++)
        {
            // The reflection I - 2 v v'/(v'v) takes the column below its diagonal to zero.
            var v = mirror.AsSpan(j);
            columns[j].AsSpan(j).CopyTo(v);
            var length = TensorPrimitives.Norm<double>(v);
            if (length == 0) continue;
            v[0] += v[0] < 0 ? -length : length;
            var factor = 2 / TensorPrimitives.Dot<double>(v, v);
            for (var k = j; k < c; k++)
            {
                var column = columns[k].AsSpan(j);
                TensorPrimitives.MultiplyAdd(v, -factor * TensorPrimitives.Dot<double>(v, column), column, column);
            }
        }
        return Matrix.Create(c, c, values =>
        {
            for (var i = 0; i < c; i++)
                for (var j = i; j < c; j++) values[(i * c) + j] = columns[j][i];
        });
    }
}
