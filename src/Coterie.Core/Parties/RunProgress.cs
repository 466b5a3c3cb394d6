namespace Coterie.Core.Parties;

/// <summary>Where a run stands, for people who wait.</summary>
/// <param name="Stage">The stage's name, for example "standardize" or the learner's.</param>
/// <param name="Step">The step that ended.</param>
/// <param name="Round">0-based round within the stage.</param>
/// <param name="MaximumRounds">At most so many rounds.</param>
/// <param name="Loss">The learner's objective at the round's start, where it reports one.</param>
/// <param name="Change">Length of the round's step over max(1, length of the model).</param>
/// <param name="Survivors">Participants whose contributions were added.</param>
public sealed record RunProgress(string Stage, StepTag Step, int Round, int MaximumRounds, double? Loss, double Change, int Survivors);
