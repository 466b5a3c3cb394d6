using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>Which columns are coded.</summary>
/// <param name="Coded">Per feature whether it is replaced by a binary column per value.</param>
public sealed record OneHotModel(ImmutableArray<bool> Coded);

/// <summary>
/// Replaces a categorical column, in its place, by one binary column per declared value, named <c>column=value</c>; a missing cell is
/// all zeros. Nothing is learned: values are declared, so there is no round.
/// </summary>
/// <param name="columns">The columns to code; empty: all categorical columns.</param>
/// <param name="dropFirst">Leave out the first value's column, so that the others are no constant in sum.</param>
public sealed class OneHot(ImmutableArray<string> columns, bool dropFirst = false) : IPreprocessor<OneHotModel>
{
    /// <inheritdoc/>
    public string Name => "one-hot";

    /// <inheritdoc/>
    public string Terms => $"{Name} drop-first={dropFirst} columns={string.Join(',', columns.Select(Uri.EscapeDataString))}";

    /// <inheritdoc/>
    public StopRule DefaultStop => new(0, null);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A named column does not exist or is not categorical, or values are not declared.</exception>
    public OneHotModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (var name in columns)
            if (!schema.Features.Any(c => c.Name == name && c.Type == ColumnType.Categorical))
                throw new ArgumentException($"one-hot: '{name}' is no categorical column; these are: {string.Join(", ", schema.Features.Where(c => c.Type == ColumnType.Categorical).Select(c => c.Name))}.", nameof(schema));
        var coded = schema.Features.Select(c => c.Type == ColumnType.Categorical && (columns.IsEmpty || columns.Contains(c.Name))).ToImmutableArray();
        for (var j = 0; j < coded.Length; j++)
            if (coded[j] && schema.Features[j].Values.IsEmpty)
                throw new ArgumentException($"one-hot: the values of '{schema.Features[j].Name}' are not declared; add them to the schema (type cat, values).", nameof(schema));
        return new(coded);
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(OneHotModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Blocks<Matrix>.Of(("coded", Matrix.Column([.. model.Coded.Select(c => c ? 1.0 : 0)])));
    }

    /// <inheritdoc/>
    public OneHotModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new([.. Parameters.Column(parameters, "coded", schema.FeatureCount).Select(c => c != 0)]);
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, OneHotModel model, Round round) => [];

    /// <inheritdoc/>
    public ILocal<OneHotModel> Open(Schema schema, Shard shard) => new StatelessLocal<OneHotModel>((_, _) => Blocks<Matrix>.Empty);

    /// <inheritdoc/>
    public Step<OneHotModel> Update(Schema schema, OneHotModel model, Blocks<Matrix> total, Round round) => new(model, Done: true, Change: 0);

    /// <inheritdoc/>
    public Schema TransformSchema(Schema schema, OneHotModel model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        return schema with
        {
            Features = [.. schema.Features.SelectMany((column, j) => model.Coded[j]
                ? column.Values.Skip(First).Select(value => new Column($"{column.Name}={value}", ColumnType.Binary) { Minimum = 0, Maximum = 1 })
                : [column])],
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">A cell is not the index of a declared value.</exception>
    public Shard Transform(Schema schema, OneHotModel model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shard);
        if (shard.Features.Columns != schema.FeatureCount)
            throw new ShardException($"The shard has {shard.Features.Columns} feature columns, the schema {schema.FeatureCount}.");
        var width = schema.Features.Select((c, j) => model.Coded[j] ? c.Values.Length - First : 1).Sum();
        var cells = new double[shard.Rows];
        return shard with
        {
            Features = Matrix.Create(shard.Rows, width, wide =>
            {
                var offset = 0;
                for (var j = 0; j < schema.FeatureCount; j++)
                {
                    shard.Features.CopyColumn(j, cells);
                    if (model.Coded[j]) CellChecks.Feature(schema.Features[j], cells);
                    for (var i = 0; i < cells.Length; i++)
                    {
                        if (!model.Coded[j]) wide[(i * width) + offset] = cells[i];
                        else if (cells[i] >= First) wide[(i * width) + offset + (int)cells[i] - First] = 1;
                    }
                    offset += model.Coded[j] ? schema.Features[j].Values.Length - First : 1;
                }
            }),
        };
    }

    private int First => dropFirst ? 1 : 0;
}
