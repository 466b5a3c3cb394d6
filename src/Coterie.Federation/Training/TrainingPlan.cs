using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Federation.Training;

/// <summary>What is trained: the same at every party.</summary>
/// <param name="Preprocessors">In order, after the schema was agreed.</param>
/// <param name="Learner">The algorithm.</param>
/// <param name="Stop">When the learner ends.</param>
/// <param name="Seed">The run's public seed.</param>
/// <param name="ModelTo">Who may read the model; null: whom the mode gives it to.</param>
public sealed record TrainingPlan(
    ImmutableArray<IPreprocessor> Preprocessors, ILearner Learner, StopRule Stop, ulong Seed, Core.Modes.ModelAudience? ModelTo = null)
{
    /// <summary>Which part of the participants a round of the learner takes; above 0, at most 1.</summary>
    public double SampleFraction { get; init; } = 1;
}
