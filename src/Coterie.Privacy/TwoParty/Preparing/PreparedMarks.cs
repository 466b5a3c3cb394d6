using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// Bits m of one party that scale rows Y of the other, from random bits a and random rows B of which -a B is shared row by row. The one sends d = m xor a, a uniform bit each, the other E = Y - B; then
/// m Y = (1 - 2 d) (a B + a E) + d Y. As in <see cref="MarkedRows"/> a bit stands as 0 or -1, so that everything is negated. Arithmetic modulo 2^64 is meant throughout this file.
/// </summary>
internal static class PreparedMarks
{
    /// <summary>Bytes of so many bits.</summary>
    public static long DifferenceBytes(int bits) => PackedBits.Bytes(bits);

    /// <summary>Random bits, each 0 or -1.</summary>
    public static RingMatrix Mask(RingMatrix random)
    {
        var bits = new ulong[random.Values.Length];
        for (var i = 0; i < bits.Length; i++) bits[i] = unchecked(0 - (random.Values[i] & 1));
        return new RingMatrix(random.Rows, random.Columns, bits);
    }

    /// <summary>The bits' differences, packed.</summary>
    public static byte[] Differences(RingMatrix marks, RingMatrix mask)
    {
        var differences = new ulong[marks.Values.Length];
        for (var i = 0; i < differences.Length; i++) differences[i] = (marks.Values[i] ^ mask.Values[i]) & 1;
        return PackedBits.FromWords(differences, 1);
    }

    /// <summary>This party's share of the product.</summary>
    /// <param name="product">It.</param>
    /// <param name="isMine">Whether the bits are this party's.</param>
    /// <param name="mask">This party's random bits, or rows.</param>
    /// <param name="share">Its share of their product, row by row.</param>
    /// <param name="difference">What the other sent.</param>
    public static RingMatrix Share(CrossProduct product, bool isMine, RingMatrix mask, RingMatrix share, ReadOnlySpan<byte> difference)
    {
        var (rows, inner, columns) = product.Shape;
        var sums = new ulong[rows * columns];
        var given = isMine ? PreparedPieces.FromBytes(difference) : PackedBits.ToWords(difference, rows * inner, 1);
        for (var i = 0; i < rows * inner; i++)
        {
            var differs = isMine ? (product.Left!.Values[i] ^ mask.Values[i]) & 1 : given[i];
            // Masks, no branch: at one of the two parties the bit is secret.
            var sign = unchecked(0 - differs);
            var sum = sums.AsSpan(i / inner * columns, columns);
            for (var j = 0; j < columns; j++)
            {
                unchecked
                {
                    var part = share.Values[(i * columns) + j] + (isMine ? mask.Values[i] * given[(i * columns) + j] : 0);
                    sum[j] += (part ^ sign) - sign;
                    if (!isMine) sum[j] -= product.Right!.Values[(i * columns) + j] & sign;
                }
            }
        }
        return new RingMatrix(rows, columns, sums);
    }
}
