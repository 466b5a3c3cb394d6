using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Benchmarks.Networks;

/// <summary>Features of mean 0 and deviation 1, and the facts parties would agree on.</summary>
internal static class Standardized
{
    /// <summary>All rows by the moments of the training rows.</summary>
    public static Shard By(Shard training, Shard all) => all with
    {
        Features = Matrix.Create(all.Features.Rows, all.Features.Columns, values =>
        {
            for (var j = 0; j < all.Features.Columns; j++)
            {
                var column = new double[training.Rows];
                training.Features.CopyColumn(j, column);
                var mean = column.Average();
                var deviation = Math.Sqrt(column.Average(v => (v - mean) * (v - mean)));
                for (var i = 0; i < all.Rows; i++) values[(i * all.Features.Columns) + j] = (all.Features[i, j] - mean) / deviation;
            }
        }),
    };

    /// <summary>The schema with the ranges of these rows.</summary>
    public static Schema Describe(Schema schema, Shard rows) => schema with
    {
        Features = [.. schema.Features.Select((c, j) => WithRange(c, rows.Features, j))],
        Target = WithRange(schema.Target!, rows.Targets!, 0),
        TotalRows = rows.Rows,
    };

    private static Column WithRange(Column column, Matrix values, int index)
    {
        var cells = new double[values.Rows];
        values.CopyColumn(index, cells);
        return column with { Minimum = cells.Min(), Maximum = cells.Max() };
    }
}
