namespace Coterie.Cryptography.Paillier;

/// <summary>
/// An array of Paillier ciphertexts under one key, kept as the engine computes on them. Immutable. Operations are those of
/// <see cref="PaillierPublicKey"/>; bytes are its business too.
/// </summary>
public sealed class Ciphertexts
{
    internal Ciphertexts(PaillierPublicKey key, int count, ulong[] blocks)
    {
        (Key, Count, Blocks) = (key, count, blocks);
    }

    /// <summary>The key they are encrypted under.</summary>
    public PaillierPublicKey Key { get; }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Blocks of pairs; lanes beyond the last ciphertext hold units.</summary>
    internal ulong[] Blocks { get; }
}
