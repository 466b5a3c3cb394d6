using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Given and uniform randomness, and openings.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>Bits of the weights of openings that are checked together.</summary>
    private const int WeightBits = 128;

    private const int WeightWords = WeightBits / 64;

    /// <summary>
    /// Checks that ciphertexts hold what an opening says. The plaintexts are settled by that only because the modulus has been
    /// proved to be valid, as it is for every key that was imported; and only <paramref name="context"/> says which transcript the opening belongs to.
    /// </summary>
    /// <remarks>
    /// More than a few ciphertexts are checked together: with weights e of 128 bits, the product of c_i^e_i has to be what encrypting the sum of e_i m_i with the
    /// product of r_i^e_i gives (small exponents: Bellare, Garay, Rabin, "Fast batch verification for modular exponentiation and digital signatures", EUROCRYPT '98).
    /// Where c_i holds m_i + d_i, that asks for a sum of e_i d_i of zero modulo both factors of n, so that one wrong plaintext passes with a chance of 2^-127 for each
    /// opening that somebody prepares: weights are a hash of all there is to check, so that everybody who checks comes to the same end. What such a check leaves open is roots of one of small order in
    /// two or more of the r_i, about which an opening says nothing to anybody.
    /// </remarks>
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

    /// <summary>The first ciphertext that is not (1 + m n) r^n modulo n^2, if any is; together where that is quicker.</summary>
    internal int? FirstWrong(Ciphertexts ciphertexts, Plaintexts messages, Plaintexts randomness, PaillierOptions? options)
    {
        if (ciphertexts.Count > Engine.Lanes && HoldTogether(ciphertexts, messages, randomness)) return null;
        var (expected, found) = (ToBytes(ciphertexts), ToBytes(EncryptWith(messages, randomness, options)));
        for (var i = 0; i < ciphertexts.Count; i++)
            if (!expected.AsSpan(i * CiphertextBytes, CiphertextBytes).SequenceEqual(found.AsSpan(i * CiphertextBytes, CiphertextBytes))) return i;
        return null;
    }

    /// <summary>Whether the weighted product of all ciphertexts is what their openings make of it.</summary>
    internal bool HoldTogether(Ciphertexts ciphertexts, Plaintexts messages, Plaintexts randomness)
    {
        Check(messages);
        Check(randomness);
        var weights = Weights(ciphertexts, messages, randomness);
        var factors = new Plaintexts(ciphertexts.Count, Words);
        for (var i = 0; i < factors.Count; i++) weights.AsSpan(i * WeightWords, WeightWords).CopyTo(factors[i]);
        var root = PowerProduct(LoadBlocks(randomness.Words, Words, randomness.Count), randomness.Count, weights, WeightBits, hardened: false);
        Powers.RaiseAll(Engine, root, Modulus, Bits, hardened: false, root);
        var product = PowerProduct(ciphertexts.Blocks, ciphertexts.Count, weights, WeightBits, hardened: false);
        var made = AddPlain(new Ciphertexts(this, 1, root), Residues.Dot(this, factors, messages));
        return ToBytes(new Ciphertexts(this, 1, product)).AsSpan().SequenceEqual(ToBytes(made));
    }

    /// <summary>
    /// Odd numbers of <see cref="WeightBits"/> bits, a function of everything that is checked. Odd, so that a single sign, which
    /// squares would hide, is seen for certain.
    /// </summary>
    internal ulong[] Weights(Ciphertexts ciphertexts, Plaintexts messages, Plaintexts randomness)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie paillier opening weights v1"u8);
        hash.AppendData(KeyFormat.Identify(this));
        hash.AppendData(ToBytes(ciphertexts));
        hash.AppendData(KeyFormat.Bytes(messages.Words));
        hash.AppendData(KeyFormat.Bytes(randomness.Words));
        var seed = hash.GetHashAndReset();
        var weights = new ulong[ciphertexts.Count * WeightWords];
        var block = new byte[seed.Length + sizeof(int)];
        seed.CopyTo(block, 0);
        for (var i = 0; i < ciphertexts.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(seed.Length), i);
            KeyFormat.Words(SHA256.HashData(block).AsSpan(0, WeightBits / 8)).CopyTo(weights, i * WeightWords);
            weights[i * WeightWords] |= 1;
        }
        return weights;
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
        var blocks = LoadBlocks(bases, words, count);
        // The exponent is n: no address tells anything.
        Batches.Run(Blocks(count), options.Threads, (from, to) =>
        {
            for (var i = from; i < to; i++) Powers.RaiseAll(Engine, Block(blocks, i), Modulus, Bits, hardened: false, Block(blocks, i));
        });
        return new Ciphertexts(this, count, blocks);
    }

    /// <summary>Numbers of so many words as blocks of pairs, ones after the last.</summary>
    private ulong[] LoadBlocks(ReadOnlySpan<ulong> values, int words, int count)
    {
        var lanes = Engine.Lanes;
        var (numbers, blocks) = (new ulong[Blocks(count) * lanes * words], new ulong[Blocks(count) * Engine.PairLength]);
        values.CopyTo(numbers);
        for (var i = count; i < Blocks(count) * lanes; i++) numbers[i * words] = 1;
        for (var i = 0; i < Blocks(count); i++) Engine.LoadPairs(numbers.AsSpan(i * lanes * words, lanes * words), words, Block(blocks, i));
        LittleWords.Zero(numbers);
        return blocks;
    }
}
