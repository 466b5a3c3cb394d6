using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>A product by oblivious transfer at the holder of the left factor; steps, source and assumptions as for <see cref="ProductQuestion"/>.</summary>
public static class ProductAnswer
{
    /// <summary>Step 2.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="left">The left factor: row-major, rows x inner; or the rows to scale, one after the other. Any ring elements.</param>
    /// <param name="question">What <see cref="ProductQuestion.Message"/> was.</param>
    /// <param name="transfers">Transfers that this party sends.</param>
    /// <returns>What goes to the other party, and this party's share of the product, row-major, rows x columns.</returns>
    /// <exception cref="ArgumentException">The factor has another shape.</exception>
    /// <exception cref="CryptographicException">The question has another length or head, or fails the consistency check.</exception>
    public static (byte[] Message, ulong[] Share) Create(ProductShape shape, ReadOnlySpan<ulong> left, ReadOnlySpan<byte> question, ExtensionSender transfers)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(transfers);
        if (left.Length != shape.LeftEntries) throw new ArgumentException($"The left factor has {shape.LeftEntries} entries, not {left.Length}.", nameof(left));
        using var batch = transfers.Accept(question, shape.Transfers);
        // A transfer carries a column of the left factor; transposed it is a row.
        var rows = shape.IsScaled ? left.ToArray() : Transposed(left, shape.Rows, shape.Inner);
        var (message, sums) = batch.TakeSums(shape.Plan, rows);
        RingStreams.Zero<ulong>(rows);
        return (message, shape.IsScaled ? sums : Transposed(sums, shape.Columns, shape.Rows));
    }

    /// <summary>A rows x columns matrix as its transpose.</summary>
    internal static ulong[] Transposed(ReadOnlySpan<ulong> matrix, int rows, int columns)
    {
        if (rows == 1 || columns == 1) return matrix.ToArray();
        const int Tile = 32;   // 8 KiB of each side
        var result = new ulong[matrix.Length];
        for (var top = 0; top < rows; top += Tile)
            for (var left = 0; left < columns; left += Tile)
                for (var r = top; r < Math.Min(top + Tile, rows); r++)
                    for (var c = left; c < Math.Min(left + Tile, columns); c++) result[(c * rows) + r] = matrix[(r * columns) + c];
        return result;
    }
}
