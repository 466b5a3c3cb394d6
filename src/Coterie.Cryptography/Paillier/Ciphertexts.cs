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

    /// <summary>The first of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than there are.</exception>
    public Ciphertexts Head(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        return new Ciphertexts(Key, count, Blocks[..(Key.Blocks(count) * Key.Engine.PairLength)]);
    }

    /// <summary>Blocks of pairs; lanes beyond the last ciphertext hold what is coprime to n.</summary>
    internal ulong[] Blocks { get; }
}
