using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>A masked sum whose masks come off together at its end: their keys are kept as unmasking reveals them.</summary>
internal abstract class CollectedMasks : IUnmaskable, IDisposable
{
    private readonly List<MaskKey> _masks = [];

    /// <summary>What is to be applied to the sum.</summary>
    protected IReadOnlyList<MaskKey> Masks => _masks;

    public void SubtractSelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed) =>
        _masks.Add(new(AggregationKeys.SelfMask(context, owner, seed), Subtracts: true));

    public void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey) =>
        _masks.Add(new(AggregationKeys.PairwiseMask(context, dropped, droppedKey, neighbour, neighbourMaskKey), dropped.CompareTo(neighbour) > 0));

    public void Dispose()
    {
        foreach (var mask in _masks) CryptographicOperations.ZeroMemory(mask.Key);
    }
}
