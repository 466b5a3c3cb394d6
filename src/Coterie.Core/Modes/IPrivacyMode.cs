using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>How contributions are hidden and combined during a run. Names no learner.</summary>
public interface IPrivacyMode
{
    /// <summary>
    /// Trains; every party of the roster calls it. The result is null at parties that are not entitled to the model.
    /// </summary>
    /// <param name="learner">The algorithm: a learner or a preprocessor.</param>
    /// <param name="stage">Names this training within the run.</param>
    /// <param name="stop">When to end.</param>
    /// <param name="session">This party's means.</param>
    /// <param name="schema">The agreed schema.</param>
    /// <param name="shard">This party's rows; null at parties without.</param>
    /// <param name="seed">The run's public seed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> learner, StepTag stage, StopRule stop, Session session, Schema schema, Shard? shard, ulong seed, CancellationToken cancellationToken)
        where TModel : class;
}
