namespace Coterie.Federation.RunStore;

/// <summary>What a party keeps about one run.</summary>
/// <param name="Run">Names the run; 1 to 256 characters.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Offer">The offered task as it came; empty where there was none.</param>
/// <param name="Roster">The roster it began with; empty before.</param>
/// <param name="Reason">Why it was declined or failed; null otherwise.</param>
/// <param name="Created">When this party first heard of it.</param>
/// <param name="Deadline">When it ends at the latest; null: never.</param>
public sealed record RunRecord(
    string Run, RunState State, ReadOnlyMemory<byte> Offer, ReadOnlyMemory<byte> Roster, string? Reason, DateTimeOffset Created, DateTimeOffset? Deadline);
