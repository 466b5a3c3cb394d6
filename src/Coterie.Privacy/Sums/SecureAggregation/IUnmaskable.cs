using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>A sum of masked input, whatever it consists of: what the unmasking's secrets are applied to.</summary>
internal interface IUnmaskable
{
    /// <summary>Takes a survivor's self mask off.</summary>
    void SubtractSelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed);

    /// <summary>Adds the side of a pair mask that <paramref name="dropped"/> would have brought.</summary>
    void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey);
}
