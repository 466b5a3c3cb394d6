using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>One training within a run: a preprocessor's or the learner's.</summary>
/// <param name="Tag">Names the stage; every party derives the same.</param>
/// <param name="Stop">When to end.</param>
/// <param name="Seed">The run's public seed.</param>
/// <param name="ModelTo">Who may read the result.</param>
public sealed record TrainingStage(StepTag Tag, StopRule Stop, ulong Seed, ModelAudience ModelTo)
{
    /// <summary>Which part of the participants a round takes, drawn from the seed; above 0, at most 1. Below 1 only for what <see cref="ISummed.ToleratesSampling"/>.</summary>
    public double SampleFraction { get; init; } = 1;
}

/// <summary>Who receives a stage's final model.</summary>
public enum ModelAudience
{
    /// <summary>The model owner: the coordinator in the summing modes.</summary>
    Owner,

    /// <summary>Every party, as preprocessing needs: participants apply it to their rows.</summary>
    Everyone,

    /// <summary>The participants and not the coordinator: they move the model themselves.</summary>
    Participants,
}

/// <summary>How contributions are hidden and combined during a run. Names no learner.</summary>
public interface IPrivacyMode
{
    /// <summary>
    /// Trains; every party of the roster calls it. The result is null at parties that are not entitled to the model.
    /// </summary>
    /// <param name="summed">The algorithm: a learner or a preprocessor.</param>
    /// <param name="stage">Which training it is and when it ends.</param>
    /// <param name="session">This party's means.</param>
    /// <param name="schema">The agreed schema.</param>
    /// <param name="shard">This party's rows; null at parties without.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class;

    /// <summary>Every party calls it after the last stage of a run that came to its end: lets go of what only the run needed.</summary>
    ValueTask EndAsync(Session session, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
