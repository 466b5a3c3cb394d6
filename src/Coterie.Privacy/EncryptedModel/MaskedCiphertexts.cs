using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>The key owner's sum of masked contributions: the masks that unmasking reveals come off what it decrypts.</summary>
internal sealed class MaskedCiphertexts(PaillierSecretKey key, PartyId owner, Ciphertexts sum) : IUnmaskable, IDisposable
{
    private readonly List<MaskKey> _masks = [];

    /// <summary>A participant's masks, one uniform number modulo n for each ciphertext (zero-sum over the participants but for their self masks).</summary>
    public static Plaintexts MasksOf(PaillierPublicKey key, PartyId owner, IEnumerable<MaskKey> masks, int count)
    {
        var total = new Plaintexts(count, key.Words);
        foreach (var mask in masks)
        {
            var own = AggregationKeys.ForRecipient(mask.Key, owner, key.KeyId.AsSpan(), count);
            ResidueMask.Apply(key, own, 0, mask.Subtracts, total);
            CryptographicOperations.ZeroMemory(own);
        }
        return total;
    }

    public void SubtractSelfMask(RoundContext context, PartyId participant, ReadOnlySpan<byte> seed) =>
        _masks.Add(new(AggregationKeys.SelfMask(context, participant, seed), Subtracts: true));

    public void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey) =>
        _masks.Add(new(AggregationKeys.PairwiseMask(context, dropped, droppedKey, neighbour, neighbourMaskKey), dropped.CompareTo(neighbour) > 0));

    /// <summary>The sum.</summary>
    public Plaintexts Open(PaillierOptions options)
    {
        var opened = key.Decrypt(key.PublicKey.AddPlain(sum, MasksOf(key.PublicKey, owner, _masks, sum.Count), options), options);
        return opened;
    }

    public void Dispose()
    {
        foreach (var mask in _masks) CryptographicOperations.ZeroMemory(mask.Key);
    }
}
