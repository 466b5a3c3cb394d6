using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Masks over Z_n for a Paillier key's n: number i is the little-endian integer of 128 bits more than n has, from the same keystream as
/// <see cref="MaskGenerator"/>, modulo n; its distance from uniform is below 2^-128. Numbers of a fixed length, and not rejection, so that any part of a
/// mask can be made alone and neither time nor addresses depend on it.
/// </summary>
public static class ResidueMask
{
    private const int ExtraWords = 2;

    /// <summary>target[i] += mask[first + i] mod n, or -= where it is to be subtracted.</summary>
    /// <param name="key">The Paillier key whose n it is.</param>
    /// <param name="key32">The mask's key: for this Paillier key and this mask only.</param>
    /// <param name="first">Where in the mask the target begins; 0 or more.</param>
    /// <param name="subtract">Which side.</param>
    /// <param name="target">Numbers below n.</param>
    /// <exception cref="ArgumentException">The mask's key does not have 32 bytes, n is not a multiple of 128 bits long, or a number is not below n.</exception>
    public static void Apply(PaillierPublicKey key, ReadOnlySpan<byte> key32, int first, bool subtract, Plaintexts target)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        key.Check(target);
        var (engine, words) = (key.Engine, key.Words);
        if (words % 2 != 0) throw new ArgumentException("A modulus of a whole number of AES blocks is needed.", nameof(key));
        var (wide, lanes) = (words + ExtraWords, engine.Lanes);
        var blocks = (target.Count + lanes - 1) / lanes;
        var (stream, block, residues) = (new ulong[blocks * lanes * wide], new ulong[engine.SingleLength], new ulong[lanes * words]);
        MaskGenerator.Apply<Addition>(key32, (UInt128)first * (UInt128)(wide / 2), stream.AsSpan(0, target.Count * wide), AesCounterX86.IsSupported);
        for (var i = 0; i < blocks; i++)
        {
            engine.LoadSingles(stream.AsSpan(i * lanes * wide, lanes * wide), wide, block);
            engine.StoreSingles(block, residues);
            for (var lane = 0; lane < lanes && (i * lanes) + lane < target.Count; lane++)
            {
                var residue = residues.AsSpan(lane * words, words);
                if (subtract) LittleWords.Negate(residue, key.Modulus);
                Add(target[(i * lanes) + lane], residue, key.Modulus);
            }
        }
        LittleWords.Zero(stream);
        LittleWords.Zero(block);
        LittleWords.Zero(residues);
    }

    /// <summary>x = x + y modulo n, for both below n.</summary>
    private static void Add(Span<ulong> x, ReadOnlySpan<ulong> y, ReadOnlySpan<ulong> n)
    {
        var carry = UInt128.Zero;
        for (var i = 0; i < x.Length; i++)
        {
            carry += (UInt128)x[i] + y[i];
            x[i] = unchecked((ulong)carry);   // the low word
            carry >>= 64;
        }
        LittleWords.SubtractOnce(x, (ulong)carry, n, x);
    }
}
