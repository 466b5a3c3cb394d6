using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>The masks of one contribution, or of a sum, that are for one recipient's Paillier key: uniform numbers modulo its n.</summary>
internal sealed class RecipientMasks : IDisposable
{
    private readonly PaillierPublicKey _key;
    private readonly MaskKey[] _masks;

    /// <summary>Derives them.</summary>
    /// <param name="masks">Of the sum; the caller zeroes them.</param>
    /// <param name="recipient">Who opens.</param>
    /// <param name="key">Its key.</param>
    /// <param name="entries">Entries of a contribution, which the masks are bound to.</param>
    public RecipientMasks(IEnumerable<MaskKey> masks, PartyId recipient, PaillierPublicKey key, int entries)
    {
        _key = key;
        _masks = [.. masks.Select(m => m with { Key = AggregationKeys.ForRecipient(m.Key, recipient, key.KeyId.AsSpan(), entries) })];
    }

    /// <summary>Adds them, from number <paramref name="first"/> on, to plaintexts.</summary>
    public void Apply(int first, Plaintexts target)
    {
        foreach (var mask in _masks) ResidueMask.Apply(_key, mask.Key, first, mask.Subtracts, target);
    }

    /// <summary>Their sums, from the first to number <paramref name="count"/>.</summary>
    public Plaintexts Sum(int count)
    {
        var total = new Plaintexts(count, _key.Words);
        Apply(0, total);
        return total;
    }

    public void Dispose()
    {
        foreach (var mask in _masks) CryptographicOperations.ZeroMemory(mask.Key);
    }
}
