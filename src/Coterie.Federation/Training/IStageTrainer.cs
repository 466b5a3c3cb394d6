using Coterie.Core.Learning;
using Coterie.Core.Modes;

namespace Coterie.Federation.Training;

/// <summary>Trains one stage of a run: among parties under a mode, or on this machine over shards that are all in reach.</summary>
internal interface IStageTrainer
{
    /// <summary>Null when this party is not entitled to the result.</summary>
    ValueTask<TModel?> TrainAsync<TModel>(ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
        where TModel : class;
}
