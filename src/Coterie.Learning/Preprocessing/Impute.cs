using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>What stands in for a missing cell.</summary>
public enum ImputeStrategy
{
    /// <summary>The mean of the cells present.</summary>
    Mean,

    /// <summary>The median of the cells present; of an even number the mean of the middle two.</summary>
    Median,
}

/// <summary>The value per column that replaces missing cells.</summary>
/// <param name="Values">One per feature; 0 where cells are no numbers.</param>
/// <param name="Search">The search for medians while it runs.</param>
public sealed record ImputeModel(ImmutableArray<double> Values, QuantileSearch? Search);

/// <summary>
/// Replaces missing cells of numeric columns by the mean (one sum) or the median (<see cref="GridQuantiles"/>) of the training cells
/// that are present in any shard. Categorical columns pass: one-hot coding has a code for missing.
/// </summary>
public sealed class Impute(ImputeStrategy strategy = ImputeStrategy.Mean) : IPreprocessor<ImputeModel>
{
    private static readonly GridQuantiles Middle = new(0.5, 0.5);

    /// <inheritdoc/>
    public string Name => "impute";

    /// <inheritdoc/>
    public string Terms => $"{Name} {strategy}";

    /// <inheritdoc/>
    public StopRule DefaultStop => strategy == ImputeStrategy.Mean ? new(1, null) : GridQuantiles.Stop;

    /// <inheritdoc/>
    public ImputeModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new([.. new double[schema.FeatureCount]], strategy == ImputeStrategy.Median ? GridQuantiles.Initialize(schema) : null);
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(ImputeModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return GridQuantiles.Pack(Blocks<Matrix>.Of(("values", Matrix.Column(model.Values.AsSpan()))), model.Search);
    }

    /// <inheritdoc/>
    public ImputeModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(Parameters.Column(parameters, "values", schema.FeatureCount), GridQuantiles.Unpack(parameters));
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, ImputeModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        return strategy == ImputeStrategy.Mean ? MomentRounds.Layout(schema, round) : GridQuantiles.Layout(schema, round);
    }

    /// <inheritdoc/>
    public ILocal<ImputeModel> Open(Schema schema, Shard shard) => new StatelessLocal<ImputeModel>((model, round) => strategy == ImputeStrategy.Mean
        ? MomentRounds.Contribute(schema, shard, MomentRounds.Initialize(schema), round)
        : GridQuantiles.Contribute(schema, shard, model.Search!, round));

    /// <inheritdoc/>
    /// <exception cref="ShardException">A column has no value in any shard.</exception>
    public Step<ImputeModel> Update(Schema schema, ImputeModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        if (strategy == ImputeStrategy.Mean)
        {
            var moments = MomentRounds.Update(schema, MomentRounds.Initialize(schema), total, round).Model;
            return Finish(schema, j => moments.Counts[j] > 0 ? moments.Means[j] : null);
        }
        var search = Middle.Update(schema, model.Search!, total, round);
        return GridQuantiles.IsLast(round)
            ? Finish(schema, j => GridQuantiles.Result(schema.Features[j], search, j) is var (low, high) ? low + ((high - low) / 2) : null)
            : new(model with { Search = search }, Done: false, Change: 1);
    }

    /// <inheritdoc/>
    public Schema TransformSchema(Schema schema, ImputeModel model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return schema with { Features = [.. schema.Features.Select((c, j) => Cells.IsNumber(c) ? Imputed(c, model.Values[j]) : c)] };
    }

    /// <inheritdoc/>
    public Shard Transform(Schema schema, ImputeModel model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return CellMap.Apply(schema, shard, (j, cell) => double.IsNaN(cell) ? model.Values[j] : cell);
    }

    private static Column Imputed(Column column, double value) => column with
    {
        Type = value is 0 or 1 ? column.Type : ColumnType.Numeric,
        // The mean lies in the range up to rounding.
        Minimum = Math.Min(column.Minimum, value),
        Maximum = Math.Max(column.Maximum, value),
        RootMeanSquare = Math.Sqrt((column.RootMeanSquare * column.RootMeanSquare) + (value * value)),
    };

    private static Step<ImputeModel> Finish(Schema schema, Func<int, double?> value)
    {
        var values = schema.Features.Select((c, j) => !Cells.IsNumber(c) ? 0 : value(j)
            ?? throw new ShardException($"Column '{c.Name}' has no value in any row of any participant: nothing can stand in for it. Exclude the column.", c.Name));
        return new(new([.. values], Search: null), Done: true, Change: 0);
    }
}
