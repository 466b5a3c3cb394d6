using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Values side by side in one plaintext, by multiplying with powers of two.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>
    /// The ciphertexts of x, then those of x 2^slotBits, x 2^(2 slotBits) and so on: a product with these gives sums of values in so many slots of one
    /// plaintext. Costs slotBits squarings for each beyond the first. A public step: randomness is squared too.
    /// </summary>
    /// <param name="x">The ciphertexts.</param>
    /// <param name="slots">How many times x; 1 or more.</param>
    /// <param name="slotBits">Bits between two slots; 1 or more.</param>
    /// <param name="options">How many threads.</param>
    public Ciphertexts Slotted(Ciphertexts x, int slots, int slotBits, PaillierOptions? options = null)
    {
        Check(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotBits, 1);
        var (lanes, length, count) = (Engine.Lanes, Engine.PairLength, x.Count);
        var (shifted, results) = (x.Blocks.AsSpan().ToArray(), new ulong[Blocks(slots * count) * length]);
        for (var i = 0; i < Blocks(slots * count); i++) Engine.One.CopyTo(Block(results, i));
        var entry = new ulong[Engine.EntryLength];
        for (var slot = 0; slot < slots; slot++)
        {
            if (slot > 0)
                Batches.Run(shifted.Length / length, (options ?? PaillierOptions.Default).Threads, (from, to) =>
                {
                    for (var i = from; i < to; i++)
                        for (var s = 0; s < slotBits; s++) Engine.SquarePairs(Block(shifted, i), Block(shifted, i));
                });
            for (var j = 0; j < count; j++)
            {
                var target = (slot * count) + j;
                Engine.Extract(Block(shifted, j / lanes), j % lanes, entry);
                Engine.Insert(entry, target % lanes, Block(results, target / lanes));
            }
        }
        return new Ciphertexts(this, slots * count, results);
    }
}
