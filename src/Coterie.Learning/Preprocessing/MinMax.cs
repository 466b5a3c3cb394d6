using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>Smallest and largest training value per column.</summary>
/// <param name="Minimums">At most the smallest, by 2^-30 of the range.</param>
/// <param name="Maximums">At least the largest, by 2^-30 of the range.</param>
/// <param name="Search">The search while it runs.</param>
public sealed record MinMaxModel(ImmutableArray<double> Minimums, ImmutableArray<double> Maximums, QuantileSearch? Search);

/// <summary>
/// x -> (x - minimum) / (maximum - minimum): training cells lie in [0, 1]. Minimum and maximum come from counts over a public grid
/// (<see cref="GridQuantiles"/>). A constant column becomes 0. Missing cells stay missing.
/// </summary>
public sealed class MinMax : IPreprocessor<MinMaxModel>
{
    private static readonly GridQuantiles Extremes = new(0, 1);

    /// <inheritdoc/>
    public string Name => "min-max";

    /// <inheritdoc/>
    public string Terms => Name;

    /// <inheritdoc/>
    public StopRule DefaultStop => GridQuantiles.Stop;

    /// <inheritdoc/>
    public MinMaxModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var zeros = ImmutableArray.Create(new double[schema.FeatureCount]);
        return new(zeros, zeros, GridQuantiles.Initialize(schema));
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(MinMaxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var blocks = Blocks<Matrix>.Of(("minimums", Matrix.Column(model.Minimums.AsSpan())), ("maximums", Matrix.Column(model.Maximums.AsSpan())));
        return GridQuantiles.Pack(blocks, model.Search);
    }

    /// <inheritdoc/>
    public MinMaxModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(Parameters.Column(parameters, "minimums", schema.FeatureCount), Parameters.Column(parameters, "maximums", schema.FeatureCount), GridQuantiles.Unpack(parameters));
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, MinMaxModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        return GridQuantiles.Layout(schema, round);
    }

    /// <inheritdoc/>
    public ILocal<MinMaxModel> Open(Schema schema, Shard shard) =>
        new StatelessLocal<MinMaxModel>((model, round) => GridQuantiles.Contribute(schema, shard, model.Search!, round));

    /// <inheritdoc/>
    public Step<MinMaxModel> Update(Schema schema, MinMaxModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(round);
        var search = Extremes.Update(schema, model.Search!, total, round);
        if (!GridQuantiles.IsLast(round)) return new(model with { Search = search }, Done: false, Change: 1);
        var found = schema.Features.Select((c, j) => Cells.IsNumber(c) ? Range(c, search, j) : (0, 0)).ToArray();
        return new(new([.. found.Select(r => r.Item1)], [.. found.Select(r => r.Item2)], Search: null), Done: true, Change: 0);
    }

    /// <inheritdoc/>
    public Schema TransformSchema(Schema schema, MinMaxModel model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema with
        {
            Features = [.. schema.Features.Select(c => Cells.IsNumber(c)
                ? c with { Type = ColumnType.Numeric, Minimum = 0, Maximum = 1, RootMeanSquare = double.NaN, IsRangeDeclared = false } : c)],
        };
    }

    /// <inheritdoc/>
    public Shard Transform(Schema schema, MinMaxModel model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return CellMap.Apply(schema, shard, (j, cell) =>
        {
            var width = model.Maximums[j] - model.Minimums[j];
            return double.IsNaN(cell) || width > 0 ? (cell - model.Minimums[j]) / width : 0;
        });
    }

    /// <summary>A range within the resolution is one value; an empty column has none.</summary>
    private static (double, double) Range(Column column, QuantileSearch search, int j) => GridQuantiles.Result(column, search, j) switch
    {
        null => (0, 0),
        var (low, high) when high - low <= 2 * GridQuantiles.Resolution(column) => (low, low),
        var (low, high) => (low, high),
    };
}
