using Coterie.Core.Learning;

namespace Coterie.Learning.Preprocessing;

/// <summary>
/// x -> (x - mean) / standard deviation, both over the training cells that are present, population form; a constant column is only
/// centred (divisor 1). Missing cells stay missing; columns that are no numbers pass. Row weights play no part.
/// </summary>
public sealed class Standardize : MomentsPreprocessor
{
    /// <summary>Room for rounding in the public bound on the mean square, which is 1 by construction.</summary>
    private const double RootMeanSquareSlack = 1e-6;

    /// <summary>Room for rounding of a transformed cell against its transformed bound.</summary>
    private const double BoundSlack = 1e-9;

    /// <inheritdoc/>
    public override string Name => "standardize";

    /// <inheritdoc/>
    public override string Terms => Name;

    /// <inheritdoc/>
    public override Schema TransformSchema(Schema schema, ColumnMoments model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return schema with { Features = [.. schema.Features.Select((column, j) => Cells.IsNumber(column) ? Standardized(column, model, j) : column)] };
    }

    /// <inheritdoc/>
    public override Shard Transform(Schema schema, ColumnMoments model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return CellMap.Apply(schema, shard, (j, cell) => (cell - model.Means[j]) / Divisor(model, j));
    }

    private static double Divisor(ColumnMoments model, int j) => model.Deviations[j] > 0 ? model.Deviations[j] : 1;

    private static Column Standardized(Column column, ColumnMoments model, int j)
    {
        double mean = model.Means[j], divisor = Divisor(model, j);
        var furthest = model.Spreads[j] / divisor * (1 + BoundSlack);
        return column with
        {
            Type = ColumnType.Numeric,
            Minimum = Math.Max(-furthest, ((column.Minimum - mean) / divisor) - (furthest * BoundSlack)),
            Maximum = Math.Min(furthest, ((column.Maximum - mean) / divisor) + (furthest * BoundSlack)),
            RootMeanSquare = model.Deviations[j] > 0 ? 1 + RootMeanSquareSlack : double.NaN,
            IsRangeDeclared = false,
        };
    }
}
