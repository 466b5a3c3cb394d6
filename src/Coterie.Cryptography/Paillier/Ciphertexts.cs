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

    /// <summary>Those at some positions, in that order; a position may come more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position that there is not.</exception>
    public Ciphertexts Pick(ReadOnlySpan<int> positions) => Pick([this], positions);

    /// <summary>These, and then others under the same key.</summary>
    /// <exception cref="ArgumentException">Others under another key.</exception>
    public Ciphertexts Concat(Ciphertexts others)
    {
        ArgumentNullException.ThrowIfNull(others);
        Key.Check(others);
        return Pick([this, others], [.. Enumerable.Range(0, Count + others.Count)]);
    }

    /// <summary>Blocks of pairs; lanes beyond the last ciphertext hold what is coprime to n.</summary>
    internal ulong[] Blocks { get; }

    private static Ciphertexts Pick(ReadOnlySpan<Ciphertexts> parts, ReadOnlySpan<int> positions)
    {
        var (key, engine) = (parts[0].Key, parts[0].Key.Engine);
        var (lanes, entry, blocks) = (engine.Lanes, new ulong[engine.EntryLength], new ulong[key.Blocks(positions.Length) * engine.PairLength]);
        for (var i = 0; i < key.Blocks(positions.Length); i++) engine.One.CopyTo(key.Block(blocks, i));
        for (var i = 0; i < positions.Length; i++)
        {
            var (part, position) = (0, positions[i]);
            ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(positions));
            while (part < parts.Length && position >= parts[part].Count) position -= parts[part++].Count;
            if (part == parts.Length) throw new ArgumentOutOfRangeException(nameof(positions), positions[i], "There is no ciphertext at that position.");
            engine.Extract(key.Block(parts[part].Blocks, position / lanes), position % lanes, entry);
            engine.Insert(entry, i % lanes, key.Block(blocks, i / lanes));
        }
        return new Ciphertexts(key, positions.Length, blocks);
    }
}
