namespace Coterie.Core.Parties;

/// <summary>Where a run stands, for people who wait.</summary>
/// <param name="Stage">The stage's name, for example "standardize" or the learner's.</param>
/// <param name="Round">0-based round within the stage.</param>
/// <param name="MaximumRounds">At most so many rounds.</param>
/// <param name="Loss">The learner's objective at the round's start, where it reports one.</param>
/// <param name="Survivors">Participants whose contributions were added.</param>
public sealed record RunProgress(string Stage, int Round, int MaximumRounds, double? Loss, int Survivors);
