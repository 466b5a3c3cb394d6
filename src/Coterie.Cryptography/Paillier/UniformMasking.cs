using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Hides encrypted values from the owner of the key, who is to decrypt them all the same: a mask uniform in Z_n is added, and the randomness is
/// multiplied with a fresh uniform n-th power. For a key whose modulus is proved, the result is uniform among all ciphertexts whatever the values are,
/// so that the owner learns nothing even if it chose its key, or the ciphertexts that the values were computed from, to learn something.
/// </summary>
/// <remarks>
/// Masks are those of <see cref="ResidueMask"/>, so that their holder keeps 32 bytes. A key for masks serves one question: the difference of two values under the same mask is the difference of
/// the values. A <see cref="Rerandomizer"/> is quicker but leaves the classes modulo small factors of p - 1 to chance, and the owner chose p.
/// </remarks>
public static class UniformMasking
{
    /// <summary>Values plus mask[first], mask[first + 1], ... modulo n, under uniform randomness.</summary>
    /// <param name="values">The encrypted values.</param>
    /// <param name="maskKey">32 bytes, drawn for this question only.</param>
    /// <param name="first">Where in the mask the values begin; 0 or more.</param>
    /// <param name="random">Where the randomness comes from.</param>
    /// <param name="options">How many threads.</param>
    public static Ciphertexts Mask(Ciphertexts values, ReadOnlySpan<byte> maskKey, int first, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Key.Add(values, Encrypt(values.Key, maskKey, first, values.Count, random, options), options);
    }

    /// <summary>Encryptions, under uniform randomness, of so many numbers of the mask themselves: what only the key's owner and the mask's holder know.</summary>
    public static Ciphertexts Encrypt(PaillierPublicKey key, ReadOnlySpan<byte> maskKey, int first, int count, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        var masks = Expand(key, maskKey, first, count);
        var masked = key.AddPlain(key.UniformNoise(count, random, options), masks, options);
        masks.Words.Clear();
        return masked;
    }

    /// <summary>Numbers first, first + 1, ... of a mask.</summary>
    public static Plaintexts Expand(PaillierPublicKey key, ReadOnlySpan<byte> maskKey, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        var masks = new Plaintexts(count, key.Words);
        ResidueMask.Apply(key, maskKey, first, subtract: false, masks);
        return masks;
    }

    /// <summary>Takes the mask off what the owner decrypted, in place.</summary>
    /// <exception cref="ArgumentException">A number that is not below n.</exception>
    public static void Unmask(PaillierPublicKey key, ReadOnlySpan<byte> maskKey, int first, Plaintexts masked) => ResidueMask.Apply(key, maskKey, first, subtract: true, masked);
}
