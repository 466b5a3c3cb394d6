using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Learning.Training;

namespace Coterie.Federation.Training;

/// <summary>Trains on shards that are all in reach: baselines, and the plain row every figure stands beside.</summary>
internal sealed class LocalTrainer : IStageTrainer
{
    public ValueTask<TModel?> TrainAsync<TModel>(ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
        where TModel : class =>
        new(LocalTraining.Train(summed, schema, shards, stage.Stop, stage.Seed, cancellationToken).Model);
}
