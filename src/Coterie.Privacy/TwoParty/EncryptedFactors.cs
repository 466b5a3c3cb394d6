using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// What a key's owner multiplies with in one round, encrypted once for all that it multiplies with: they get the same ciphertexts. Randomness is made from a secret of the round and from what is
/// encrypted, so that an owner that restarts encrypts the same in the same way, and never two things with one randomness. Thread-safe.
/// </summary>
/// <param name="key">The owner's.</param>
/// <param name="secret">32 bytes, for one round only, on the disk before anything is encrypted.</param>
/// <param name="options">How.</param>
internal sealed class EncryptedFactors(PaillierSecretKey key, ReadOnlyMemory<byte> secret, PaillierOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<byte[]>> _made = new();

    /// <summary>The owner's key.</summary>
    public PaillierSecretKey Key => key;

    /// <summary>How.</summary>
    public PaillierOptions Options => options;

    /// <summary>A factor's ciphertexts in some layout, as bytes.</summary>
    public byte[] Of(PackedProduct product, RingMatrix factor)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie factor v1");
        foreach (var size in (int[])[product.RowsTogether, product.Inner, product.Columns, product.ColumnsTogether]) writer.WriteInt32(size);
        writer.WriteUInt64s(factor.Values);
        var seed = HMACSHA256.HashData(secret.Span, writer.WrittenMemory.Span);
        return _made.GetOrAdd(Convert.ToHexString(seed), _ => new Lazy<byte[]>(() => Encrypt(product, factor, CryptographicRandom.Expanding(seed)))).Value;
    }

    private byte[] Encrypt(PackedProduct product, RingMatrix factor, CryptographicRandom random)
    {
        var plaintexts = product.Encode(key.PublicKey, factor);
        var ciphertexts = key.Encrypt(plaintexts, random, options);
        plaintexts.Words.Clear();
        return key.PublicKey.ToBytes(ciphertexts);
    }
}
