using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Given and uniform randomness, and openings.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>
    /// Checks that ciphertexts hold what an opening says, by encrypting again. The plaintexts are settled by that only because the modulus has been
    /// proved to be valid, as it is for every key that was imported; and only <paramref name="context"/> says which transcript the opening belongs to.
    /// </summary>
    /// <param name="ciphertexts">The ciphertexts, under this key.</param>
    /// <param name="opening">What the owner says.</param>
    /// <param name="context">What the opening is for: the same bytes as the owner's, for example the hash of a transcript.</param>
    /// <param name="options">How many threads.</param>
    /// <exception cref="CryptographicException">Another number of ciphertexts, another transcript or key, or a ciphertext, named by its index, that holds something else.</exception>
    /// <exception cref="InvalidOperationException">A key without a proof, under which openings do not bind.</exception>
    public void Verify(Ciphertexts ciphertexts, PaillierOpening opening, ReadOnlySpan<byte> context, PaillierOptions? options = null)
    {
        Check(ciphertexts);
        ArgumentNullException.ThrowIfNull(opening);
        if (Proof is null) throw new InvalidOperationException("The key has no proof of its modulus, so that its openings do not bind.");
        if (opening.Messages.Count != ciphertexts.Count || opening.Randomness.Count != ciphertexts.Count)
            throw new CryptographicException($"The opening is of {opening.Messages.Count} ciphertexts, not of {ciphertexts.Count}.");
        if (!opening.ContextHash.AsSpan().SequenceEqual(PaillierOpening.HashContext(this, ciphertexts.Count, context).AsSpan()))
            throw new CryptographicException("The opening was made for another transcript or under another key.");
        if (FirstWrong(ciphertexts, opening.Messages, opening.Randomness, options) is { } wrong) throw new CryptographicException($"The opening does not open ciphertext {wrong}.");
    }

    /// <summary>The first ciphertext that is not (1 + m n) r^n modulo n^2, if any is.</summary>
    internal int? FirstWrong(Ciphertexts ciphertexts, Plaintexts messages, Plaintexts randomness, PaillierOptions? options)
    {
        var (expected, found) = (ToBytes(ciphertexts), ToBytes(EncryptWith(messages, randomness, options)));
        for (var i = 0; i < ciphertexts.Count; i++)
            if (!expected.AsSpan(i * CiphertextBytes, CiphertextBytes).SequenceEqual(found.AsSpan(i * CiphertextBytes, CiphertextBytes))) return i;
        return null;
    }

    /// <summary>(1 + m n) r^n modulo n^2 for given m and r below n. Whoever chooses r twice, or not at random, hides nothing.</summary>
    internal Ciphertexts EncryptWith(Plaintexts plaintexts, Plaintexts randomness, PaillierOptions? options = null)
    {
        Check(plaintexts);
        Check(randomness);
        if (plaintexts.Count != randomness.Count) throw new ArgumentException($"{plaintexts.Count} plaintexts and randomness for {randomness.Count}.", nameof(randomness));
        return AddPlain(RaiseToModulus(randomness.Words, Words, plaintexts.Count, options ?? PaillierOptions.Default), plaintexts, options);
    }

    /// <summary>
    /// So many encryptions of zero with randomness uniform among all there is, as in Paillier's scheme: r^n for a fresh r each. They hide what was
    /// multiplied with them also from the key's owner, who chose h; and cost a power with an exponent as long as n.
    /// </summary>
    internal Ciphertexts UniformNoise(int count, CryptographicRandom random, PaillierOptions? options = null)
    {
        // 128 bits more than n has, so that r modulo n is uniform; r + k n gives the same power.
        var numbers = new ulong[count * (Words + 2)];
        random.Fill(MemoryMarshal.AsBytes(numbers.AsSpan()));
        var result = RaiseToModulus(numbers, Words + 2, count, options ?? PaillierOptions.Default);
        LittleWords.Zero(numbers);
        return result;
    }

    private Ciphertexts RaiseToModulus(ReadOnlySpan<ulong> bases, int words, int count, PaillierOptions options)
    {
        var lanes = Engine.Lanes;
        var (numbers, blocks) = (new ulong[Blocks(count) * lanes * words], new ulong[Blocks(count) * Engine.PairLength]);
        bases.CopyTo(numbers);
        for (var i = count; i < Blocks(count) * lanes; i++) numbers[i * words] = 1;
        Batches.Run(Blocks(count), options.Threads, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                Engine.LoadPairs(numbers.AsSpan(i * lanes * words, lanes * words), words, Block(blocks, i));
                // The exponent is n: no address tells anything.
                Powers.RaiseAll(Engine, Block(blocks, i), Modulus, Bits, hardened: false, Block(blocks, i));
            }
        });
        LittleWords.Zero(numbers);
        return new Ciphertexts(this, count, blocks);
    }
}
