using Coterie.Core.Learning;

namespace Coterie.Learning.Preprocessing;

/// <summary>
/// Drops numeric columns whose training cells, over all participants, are equal up to rounding (or all missing). Other columns pass.
/// </summary>
public sealed class RemoveConstant : MomentsPreprocessor
{
    /// <inheritdoc/>
    public override string Name => "remove-constant";

    /// <inheritdoc/>
    public override string Terms => Name;

    /// <inheritdoc/>
    /// <exception cref="ShardException">No column would be left.</exception>
    public override Schema TransformSchema(Schema schema, ColumnMoments model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        var kept = Kept(schema, model);
        return kept.Length > 0
            ? schema with { Features = [.. kept.Select(j => schema.Features[j])] }
            : throw new ShardException("Every feature column is constant over all participants: there is nothing to learn from.");
    }

    /// <inheritdoc/>
    public override Shard Transform(Schema schema, ColumnMoments model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shard);
        return shard with { Features = shard.Features.SelectColumns(Kept(schema, model)) };
    }

    private static int[] Kept(Schema schema, ColumnMoments model) =>
        [.. Enumerable.Range(0, schema.FeatureCount).Where(j => !Cells.IsNumber(schema.Features[j]) || model.Deviations[j] > 0)];
}
