using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>A shard as the blocks a hidden learner prepares from.</summary>
public static class ShardBlocks
{
    /// <summary><c>features</c>, and <c>targets</c> and <c>weights</c> where the shard has them.</summary>
    public static Blocks<Matrix> ToBlocks(this Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var blocks = Blocks<Matrix>.Of(("features", shard.Features));
        if (shard.Targets is { } targets) blocks = blocks.With("targets", targets);
        if (shard.Weights is { } weights) blocks = blocks.With("weights", weights);
        return blocks;
    }
}
