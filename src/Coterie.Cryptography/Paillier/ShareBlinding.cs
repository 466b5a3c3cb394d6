using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Turns encrypted values that stand side by side, 64 bits each, into two additive shares modulo 2^64, one of the key's owner and one of the holder of the ciphertexts, neither of whom learns a
/// value: the holder adds one number uniform modulo n to the whole plaintext; the owner's shares are the words of what it decrypts, the holder's those of what it added, negated.
/// </summary>
/// <remarks>
/// What the owner decrypts is uniform modulo n, whatever the values are. Carries pass from slot to slot, so that shares add up to v or to v + 1 for values of -2^62 to 2^62, and modulo 2^64 to v + c with
/// |c| at most 2^(L - 62) where values of up to L bits stand beside it. Once in 2^<see cref="SpareBits"/> times the sum wraps around n and shares are wrong; nothing is learned by it.
/// </remarks>
public static class ShareBlinding
{
    /// <summary>Bits of a slot.</summary>
    public const int SlotBits = 64;

    /// <summary>Bits of a plaintext above its slots at least.</summary>
    public const int SpareBits = 60;

    /// <summary>What a value is lifted by, so that none is below zero.</summary>
    private const ulong Lift = 1UL << 62;

    /// <summary>Values in one ciphertext under a key of so many bits; 0: none fits.</summary>
    public static int SlotsPerPlaintext(int keyBits) => Math.Max(0, (keyBits - 1 - SpareBits) / SlotBits);

    /// <summary>The holder's step. The masked ciphertexts are for the owner, the shares stay.</summary>
    /// <param name="packed">Encryptions of so many values each: the sum of v_i 2^(64 i).</param>
    /// <param name="slots">Values in each; 1 or more.</param>
    /// <param name="rerandomizer">Makes their randomness afresh, against the key's owner, too.</param>
    /// <param name="random">Where masks and randomness come from: fresh for every call, or the same again from the start for the same ciphertexts again.</param>
    /// <param name="options">How many threads.</param>
    /// <returns>Masked ciphertexts, and one share for each value, ciphertext by ciphertext.</returns>
    /// <exception cref="ArgumentException">More slots than a plaintext has.</exception>
    public static (Ciphertexts Masked, ulong[] Shares) Mask(Ciphertexts packed, int slots, Rerandomizer rerandomizer, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentNullException.ThrowIfNull(rerandomizer);
        ArgumentNullException.ThrowIfNull(random);
        var key = packed.Key;
        RequireRoom(key, slots);
        var masks = Residues.Uniform(key, packed.Count, random);
        var shares = new ulong[checked(packed.Count * slots)];
        var lift = new Plaintexts(packed.Count, key.Words);
        for (var i = 0; i < packed.Count; i++)
        {
            lift[i][..slots].Fill(Lift);
            for (var slot = 0; slot < slots; slot++) shares[(i * slots) + slot] = unchecked(0 - masks[i][slot] - Lift);
        }
        var lifted = Residues.Add(key, masks, lift);
        var masked = rerandomizer.Apply(key.AddPlain(packed, lifted, options), random);
        LittleWords.Zero(masks.Words);
        LittleWords.Zero(lifted.Words);
        return (masked, shares);
    }

    /// <summary>The owner's step: its shares, ciphertext by ciphertext.</summary>
    /// <exception cref="ArgumentException">More slots than a plaintext has, or another key's ciphertexts.</exception>
    public static ulong[] Open(PaillierSecretKey key, Ciphertexts masked, int slots, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(masked);
        RequireRoom(key.PublicKey, slots);
        var plaintexts = key.Decrypt(masked, options);
        var shares = new ulong[checked(masked.Count * slots)];
        for (var i = 0; i < masked.Count; i++) plaintexts[i][..slots].CopyTo(shares.AsSpan(i * slots));
        LittleWords.Zero(plaintexts.Words);
        return shares;
    }

    private static void RequireRoom(PaillierPublicKey key, int slots)
    {
        if (slots < 1 || slots > SlotsPerPlaintext(key.Bits)) throw new ArgumentException($"A plaintext under a key of {key.Bits} bits has 1 to {SlotsPerPlaintext(key.Bits)} slots, not {slots}.", nameof(slots));
    }
}
