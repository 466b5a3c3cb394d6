using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>What linear learners make of rows: an intercept column in front, and sizes of sums over them.</summary>
internal static class LinearRows
{
    /// <summary>[1 | X]: n x (d + 1).</summary>
    /// <exception cref="ShardException">A cell is missing or not finite.</exception>
    public static Matrix WithIntercept(Schema schema, Matrix features)
    {
        int n = features.Rows, d = features.Columns;
        if (d != schema.FeatureCount) throw new ShardException($"The shard has {d} features, the schema {schema.FeatureCount}.");
        return Matrix.Create(n, d + 1, values =>
        {
            for (var i = 0; i < n; i++)
            {
                var row = features.Row(i);
                if (!double.IsFinite(TensorPrimitives.SumOfMagnitudes(row))) throw Missing(schema, row, i);
                values[i * (d + 1)] = 1;
                row.CopyTo(values[((i * (d + 1)) + 1)..]);
            }
        });
    }

    /// <summary>Targets n x 1, every one finite.</summary>
    /// <exception cref="ShardException">There are no targets, or one is missing.</exception>
    public static Matrix Targets(Schema schema, Shard shard)
    {
        var targets = shard.Targets ?? throw new ShardException("The learner needs a target column; the shard has none.", schema.Target?.Name);
        for (var i = 0; i < targets.Rows; i++)
            if (!double.IsFinite(targets[i, 0])) throw new ShardException("The target is missing.", schema.Target?.Name, i);
        return targets;
    }

    /// <summary>
    /// sqrt(weight) [1 | X] and sqrt(weight) y: sums of squares and products over the result are the weighted ones.
    /// </summary>
    public static Shard RootWeighted(Schema schema, Shard shard)
    {
        var features = WithIntercept(schema, shard.Features);
        var targets = Targets(schema, shard);
        if (shard.Weights is not { } weights) return new Shard(features, targets);
        return new Shard(ScaleRows(features, weights), ScaleRows(targets, weights));
    }

    /// <summary>Bounds on the root mean square of the columns of [1 | X].</summary>
    /// <exception cref="ArgumentException">A column's range is not known yet.</exception>
    public static double[] MeanBounds(Schema schema) => [1, .. schema.Features.Select(MeanBound)];

    /// <summary>A bound on the root mean square of a column.</summary>
    public static double MeanBound(Column? column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return double.IsFinite(column.MeanBound)
            ? column.MeanBound
            : throw new ArgumentException($"The range of column '{column.Name}' is not known; declare or agree it first.", nameof(column));
    }

    /// <summary>Bounds are positive: a sum of zeros gets 1.</summary>
    public static double Positive(double bound) => bound > 0 ? bound : 1;

    private static Matrix ScaleRows(Matrix rows, Matrix weights) => Matrix.Create(rows.Rows, rows.Columns, values =>
    {
        for (var i = 0; i < rows.Rows; i++)
            TensorPrimitives.Multiply(rows.Row(i), Math.Sqrt(weights[i, 0]), values.Slice(i * rows.Columns, rows.Columns));
    });

    private static ShardException Missing(Schema schema, ReadOnlySpan<double> row, int index)
    {
        var column = 0;
        while (column < row.Length - 1 && double.IsFinite(row[column])) column++;
        return new ShardException($"The cell holds {row[column]}; a linear learner needs numbers (impute first).", schema.Features[column].Name, index);
    }
}
