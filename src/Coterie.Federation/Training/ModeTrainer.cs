using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;

namespace Coterie.Federation.Training;

/// <summary>Trains among the parties of a roster: this party brings its own shard, or none.</summary>
internal sealed class ModeTrainer(IPrivacyMode mode, Session session) : IStageTrainer
{
    public ValueTask<TModel?> TrainAsync<TModel>(ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
        where TModel : class =>
        mode.TrainAsync(summed, stage, session, schema, shards.SingleOrDefault(), cancellationToken);
}
