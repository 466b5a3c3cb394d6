namespace Coterie.Core.Learning;

/// <summary>When training ends.</summary>
/// <param name="Rounds">At most so many rounds of the learner.</param>
/// <param name="Tolerance">Stop when <see cref="Step{TModel}.Change"/> is at most this; null: never for that reason.</param>
public sealed record StopRule(int Rounds, double? Tolerance);
