using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// The identity keys of a roster, parsed when first needed and kept as long as the roster: every sum verifies a signature of everyone.
/// Parties in one process share a roster, so that n of them do not hold n keys each.
/// </summary>
internal static class IdentityKeys
{
    private static readonly ConditionalWeakTable<Roster, ConcurrentDictionary<PartyId, VerifyingKey>> Parsed = [];

    /// <summary>Whether the party of that name on that roster signed <paramref name="data"/>.</summary>
    public static bool Verify(Roster roster, PartyId signer, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Parsed.GetOrCreateValue(roster).GetOrAdd(signer, static (id, r) => new VerifyingKey(r[id].IdentityKey), roster).Verify(data, signature);
}
