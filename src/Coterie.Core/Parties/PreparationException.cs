namespace Coterie.Core.Parties;

/// <summary>Rounds cannot be prepared: the mode or the learner has no steps between two parties, or the run is past the point. The message says which.</summary>
public sealed class PreparationException(string message) : InvalidOperationException(message);
