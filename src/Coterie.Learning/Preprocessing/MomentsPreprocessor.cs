using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>A preprocessor whose parameters are the columns' means and standard deviations; see <see cref="MomentRounds"/>.</summary>
public abstract class MomentsPreprocessor : IPreprocessor<ColumnMoments>
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Terms { get; }

    /// <inheritdoc/>
    public StopRule DefaultStop => MomentRounds.Stop;

    /// <inheritdoc/>
    public ColumnMoments Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return MomentRounds.Initialize(schema);
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(ColumnMoments model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MomentRounds.Pack(model);
    }

    /// <inheritdoc/>
    public ColumnMoments Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return MomentRounds.Unpack(schema, parameters);
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, ColumnMoments model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        return MomentRounds.Layout(schema, round);
    }

    /// <inheritdoc/>
    public ILocal<ColumnMoments> Open(Schema schema, Shard shard) => new StatelessLocal<ColumnMoments>((model, round) => MomentRounds.Contribute(schema, shard, model, round));

    /// <inheritdoc/>
    public Step<ColumnMoments> Update(Schema schema, ColumnMoments model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        return MomentRounds.Update(schema, model, total, round);
    }

    /// <inheritdoc/>
    public abstract Schema TransformSchema(Schema schema, ColumnMoments model);

    /// <inheritdoc/>
    public abstract Shard Transform(Schema schema, ColumnMoments model, Shard shard);
}
