using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// The mask two participants share: the one whose name is first in ordinal order adds it, the other subtracts it, so their sum
/// is free of it.
/// </summary>
public static class PairwiseMask
{
    /// <summary>
    /// Adds <paramref name="owner"/>'s side of its mask with <paramref name="peer"/>. A coordinator that holds a dropped
    /// participant's key applies the dropped side for every surviving peer, and what the survivors added cancels.
    /// </summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public static void Apply(
        RoundContext context, PartyId owner, AgreementKey ownerKey, PartyId peer, ReadOnlySpan<byte> peerMaskKey, Span<ulong> destination)
    {
        var key = AggregationKeys.PairwiseMask(context, owner, ownerKey, peer, peerMaskKey);
        if (owner.CompareTo(peer) < 0) MaskGenerator.AddMask(key, destination);
        else MaskGenerator.SubtractMask(key, destination);
        CryptographicOperations.ZeroMemory(key);
    }
}
