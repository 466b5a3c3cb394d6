using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// A product by oblivious transfer at the holder of the right factor: Gilboa, "Two party RSA key generation" (CRYPTO 1999), section 4, over Z_2^64.
/// </summary>
/// <remarks>
/// 1. This party sends <see cref="Message"/>, the extension of transfers that choose by the bits of its entries. 2. The other answers
/// (<see cref="ProductAnswer"/>). 3. Each has a share, and the shares add up to the product modulo 2^64.
/// Each learns its share, which is uniform, and the shape. Semi-honest parties: a left factor's holder that lies makes the product wrong by something that
/// depends on bits of the right factor, and nobody notices; a right factor's holder can take another factor, which is an input like any other.
/// </remarks>
public sealed class ProductQuestion : IDisposable
{
    private readonly ProductShape _shape;
    private readonly ReceiverBatch _batch;

    private ProductQuestion(ProductShape shape, ReceiverBatch batch) => (_shape, _batch) = (shape, batch);

    /// <summary>Step 1, to be sent.</summary>
    public ReadOnlyMemory<byte> Message => _batch.Message;

    /// <summary>Takes the next batch of transfers.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="right">The right factor: row-major, inner x columns; or, of scaled rows, their numbers.</param>
    /// <param name="transfers">Transfers that this party receives.</param>
    /// <param name="random">Where the transfers' padding comes from.</param>
    /// <exception cref="ArgumentException">The factor has another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An entry is no signed number of the shape's bits; which one is not said.</exception>
    public static ProductQuestion Create(ProductShape shape, ReadOnlySpan<ulong> right, ExtensionReceiver transfers, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(transfers);
        if (right.Length != shape.RightEntries) throw new ArgumentException($"The right factor has {shape.RightEntries} entries, not {right.Length}.", nameof(right));
        RequireBits(right, shape.Bits);
        var choices = Choices(shape, right);
        var batch = transfers.Extend(MemoryMarshal.AsBytes(choices.AsSpan()), shape.Transfers, random);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(choices.AsSpan()));
        return new ProductQuestion(shape, batch);
    }

    /// <summary>Step 3: this party's share of the product, row-major, rows x columns.</summary>
    /// <param name="answer">What <see cref="ProductAnswer.Create"/> gave.</param>
    /// <exception cref="CryptographicException">The answer has another length or head.</exception>
    /// <exception cref="InvalidOperationException">An answer was taken before.</exception>
    public ulong[] Finish(ReadOnlySpan<byte> answer)
    {
        var sums = _batch.TakeSums(_shape.Plan, answer);
        return _shape.IsScaled ? sums : ProductAnswer.Transposed(sums, _shape.Columns, _shape.Rows);
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose() => _batch.Dispose();

    /// <summary>Bit j of scalar s at j S + s. Scalars of a matrix go column by column, so that the scalars of one sum are neighbours.</summary>
    private static ulong[] Choices(ProductShape shape, ReadOnlySpan<ulong> right)
    {
        var scalars = right.Length;
        var choices = new ulong[(shape.Transfers + 63) / 64];
        var position = 0;
        for (var j = 0; j < shape.Bits; j++)
        {
            for (var s = 0; s < scalars; s++, position++)
            {
                var scalar = shape.IsScaled ? right[s] : right[(s % shape.Inner * shape.Columns) + (s / shape.Inner)];
                choices[position / 64] |= ((scalar >> j) & 1) << (position % 64);
            }
        }
        return choices;
    }

    private static void RequireBits(ReadOnlySpan<ulong> values, int bits)
    {
        if (bits == 64) return;
        var beyond = 0UL;
        foreach (var value in values) beyond |= unchecked(value + (1UL << (bits - 1))) >> bits;
        if (beyond != 0) throw new ArgumentOutOfRangeException(nameof(values), $"An entry is not a signed number of {bits} bits.");
    }
}
