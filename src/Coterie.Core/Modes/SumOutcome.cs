using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>What a sum gave this party.</summary>
/// <param name="Total">The sum over <paramref name="Survivors"/>; null at parties that do not learn it.</param>
/// <param name="Survivors">The participants whose contributions were added, in roster order.</param>
public sealed record SumOutcome(Blocks<Matrix>? Total, ImmutableArray<PartyId> Survivors)
{
    /// <summary>SHA-256 of what the coordinator told all participants within the sum, at every party that heard it; empty where nothing is told.</summary>
    public ReadOnlyMemory<byte> Broadcast { get; init; }
}
