using System.Collections.Immutable;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>What a policy says of a task.</summary>
/// <param name="Objections">Every limit the task breaks, as a sentence; empty: none.</param>
/// <param name="NeedsConsent">Whether a person has to agree to a task without objections.</param>
public sealed record PolicyVerdict(ImmutableArray<string> Objections, bool NeedsConsent);
