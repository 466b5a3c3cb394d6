namespace Coterie.Learning.Training;

/// <summary>What one round of training did.</summary>
/// <param name="Loss">The objective at the model before the round, where the learner's contribution carries it.</param>
/// <param name="Change">Length of the step over max(1, length of the model).</param>
public sealed record TrainingRound(double? Loss, double Change);
