using Coterie.Core.Learning;

namespace Coterie.Federation.Training;

/// <summary>The same pipeline on rows that are all in reach: the baselines every figure stands beside.</summary>
public static class LocalPipeline
{
    /// <summary>Trains on all shards pooled.</summary>
    /// <exception cref="ShardException">The rows cannot be used.</exception>
    public static Task<TrainedModel> CentralisedAsync(TrainingPlan plan, Schema schema, IReadOnlyList<Shard> shards, CancellationToken cancellationToken) =>
        AloneAsync(plan, schema, Shard.Concatenate(shards), cancellationToken);

    /// <summary>Trains on one shard.</summary>
    /// <exception cref="ShardException">The rows cannot be used.</exception>
    public static async Task<TrainedModel> AloneAsync(TrainingPlan plan, Schema schema, Shard shard, CancellationToken cancellationToken) =>
        await Pipeline.RunAsync(plan, "local", schema, [shard], new LocalTrainer(), cancellationToken)
        ?? throw new System.Diagnostics.UnreachableException("A local run owns its model.");
}
