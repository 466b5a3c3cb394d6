using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>A sum in Z_2^64, unmasked in place.</summary>
internal sealed class RingElements(ulong[] values) : IUnmaskable
{
    public ulong[] Values { get; } = values;

    public void SubtractSelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed) => SelfMask.Subtract(context, owner, seed, Values);

    public void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey) =>
        PairwiseMask.Apply(context, dropped, droppedKey, neighbour, neighbourMaskKey, Values);
}
