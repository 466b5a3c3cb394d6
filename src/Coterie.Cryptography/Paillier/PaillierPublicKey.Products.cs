using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Sums of products with secret numbers as long as n, and randomness that hides from everybody.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>
    /// The sum over i of a_i v_i as one ciphertext, for secret factors a_i of any size below n: all exponents share their squarings (Straus, "Addition
    /// chains of vectors", 1964). Its randomness is a function of the factors: refresh it before it leaves.
    /// </summary>
    /// <param name="vector">[v].</param>
    /// <param name="factors">a, as many, below n; a negative factor -a is n - a.</param>
    /// <param name="options">How; one thread is used. Unless hardened, addresses tell the factors to who shares the processor's caches.</param>
    /// <exception cref="ArgumentException">Another key, or another number of factors, or one that is not below n.</exception>
    public Ciphertexts InnerProduct(Ciphertexts vector, Plaintexts factors, PaillierOptions? options = null)
    {
        Check(vector);
        Check(factors);
        if (vector.Count != factors.Count) throw new ArgumentException($"{factors.Count} factors for {vector.Count} ciphertexts.", nameof(factors));
        return new Ciphertexts(this, 1, PowerProduct(vector.Blocks, vector.Count, factors.Words, Bits, (options ?? PaillierOptions.Default).Hardened));
    }

    /// <summary>
    /// The same plaintexts under randomness that is uniform among all there is, whatever the key's owner knows or chose: each is multiplied with r^n for
    /// a uniform r. For few ciphertexts it costs less than a <see cref="Rerandomizer"/>, which makes a table first.
    /// </summary>
    /// <exception cref="ArgumentException">Ciphertexts under another key.</exception>
    public Ciphertexts Refresh(Ciphertexts ciphertexts, CryptographicRandom random, PaillierOptions? options = null)
    {
        Check(ciphertexts);
        ArgumentNullException.ThrowIfNull(random);
        var noise = UniformNoise(ciphertexts.Count, random, options);
        var fresh = Add(ciphertexts, noise, options);
        LittleWords.Zero(noise.Blocks);
        return fresh;
    }

    /// <summary>The product over i of base i to the power of exponent i, modulo n^2, in every lane.</summary>
    /// <param name="bases">Blocks of pairs.</param>
    /// <param name="count">How many bases.</param>
    /// <param name="exponents">Little-endian, equally many words each.</param>
    /// <param name="bits">Bits of an exponent; there are none above.</param>
    /// <param name="hardened">Whether tables are read whole, for secret exponents.</param>
    private ulong[] PowerProduct(ulong[] bases, int count, ReadOnlySpan<ulong> exponents, int bits, bool hardened)
    {
        var (length, lanes, blocks, words, window) = (Engine.PairLength, Engine.Lanes, Blocks(count), (bits + 63) / 64, WindowFor(bits));
        var tables = new ulong[blocks][];
        for (var b = 0; b < blocks; b++) tables[b] = PowersOf(Block(bases, b), window);
        // Lanes beyond the last base have exponent zero.
        var padded = new ulong[blocks * lanes * words];
        exponents[..(count * words)].CopyTo(padded);
        var (power, factor, digits) = (Engine.One.ToArray(), new ulong[length], new long[lanes]);
        for (var digit = ((bits + window - 1) / window) - 1; digit >= 0; digit--)
        {
            for (var s = 0; s < window; s++) Engine.SquarePairs(power, power);
            for (var b = 0; b < blocks; b++)
            {
                for (var lane = 0; lane < lanes; lane++)
                    digits[lane] = (long)LittleWords.Bits(padded.AsSpan(((b * lanes) + lane) * words, words), digit * window, window);
                Engine.Select(tables[b], shared: false, digits, hardened, factor);
                Engine.MultiplyPairs(power, factor, power);
            }
        }
        var result = ProductOfLanes(power);
        foreach (var secret in new[] { padded, power, factor }) LittleWords.Zero(secret);
        Array.Clear(digits);
        return result;
    }

    /// <summary>Bits of an exponent's digit: where a table of 2^w powers and the products it saves balance.</summary>
    private static int WindowFor(int bits) => bits > 512 ? 6 : 4;

    /// <summary>Powers 0 to 2^w - 1 of every lane.</summary>
    private ulong[] PowersOf(ReadOnlySpan<ulong> bases, int window)
    {
        var length = Engine.PairLength;
        var table = new ulong[length << window];
        Engine.One.CopyTo(table);
        for (var e = 1; e < 1 << window; e++) Engine.MultiplyPairs(table.AsSpan((e - 1) * length, length), bases, table.AsSpan(e * length, length));
        return table;
    }

    /// <summary>The product of all lanes, in each of them.</summary>
    private ulong[] ProductOfLanes(ReadOnlySpan<ulong> pairs)
    {
        var (product, next) = (pairs.ToArray(), new ulong[pairs.Length]);
        for (var distance = 1; distance < Engine.Lanes; distance *= 2)
        {
            Engine.Rotate(product, distance, next);
            Engine.MultiplyPairs(product, next, product);
        }
        return product;
    }
}
