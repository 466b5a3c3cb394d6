using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Public linear steps: they use no secret and no randomness, so that anybody who has the operands can repeat them and compare.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>Encryptions of -x.</summary>
    public Ciphertexts Negate(Ciphertexts x)
    {
        Check(x);
        var blocks = x.Blocks.AsSpan().ToArray();
        Inverses.Invert(Engine, blocks);
        return new Ciphertexts(this, x.Count, blocks);
    }

    /// <summary>Multiplies every plaintext by one factor that everybody may know: time and addresses depend on it.</summary>
    /// <param name="x">The ciphertexts.</param>
    /// <param name="factor">Positive.</param>
    /// <param name="options">How many threads.</param>
    public Ciphertexts ScaleAll(Ciphertexts x, BigInteger factor, PaillierOptions? options = null)
    {
        Check(x);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        if (factor.IsOne) return x;
        // Powers of two are squarings; what is left of most factors is short.
        var shift = (int)BigInteger.TrailingZeroCount(factor);
        var odd = factor >> shift;
        var bits = (int)odd.GetBitLength();
        var exponent = new ulong[(bits + 63) / 64];
        LittleWords.FromBigInteger(odd, exponent);
        var (length, blocks) = (Engine.PairLength, x.Blocks.AsSpan().ToArray());
        Batches.Run(blocks.Length / length, (options ?? PaillierOptions.Default).Threads, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var block = Block(blocks, i);
                if (bits > 1) Powers.RaiseAll(Engine, block, exponent, bits, hardened: false, block);
                for (var s = 0; s < shift; s++) Engine.SquarePairs(block, block);
            }
        });
        return new Ciphertexts(this, x.Count, blocks);
    }

    /// <summary>Ciphertexts of numbers that everybody may know: 1 + m n, without randomness.</summary>
    /// <exception cref="ArgumentException">Plaintexts of another length, or one that is not below n.</exception>
    public Ciphertexts Trivial(Plaintexts plaintexts)
    {
        Check(plaintexts);
        var blocks = new ulong[Blocks(plaintexts.Count) * Engine.PairLength];
        for (var i = 0; i < Blocks(plaintexts.Count); i++) Engine.One.CopyTo(Block(blocks, i));
        return AddPlain(new Ciphertexts(this, plaintexts.Count, blocks), plaintexts);
    }
}
