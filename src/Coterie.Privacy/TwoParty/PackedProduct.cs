using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// How a product of rows (rows x inner), which one party knows, with a factor (inner x columns), which a Paillier key's owner knows, travels: columns and then rows side by side in the
/// slots of a plaintext. Everything follows from shapes and the key's size, so that both mean the same.
/// </summary>
/// <remarks>
/// The owner encrypts for each entry j of a row and each of the rows that share a plaintext the factor's row j, its columns in their slots; for the i-th of those rows all of it is moved up by i times so many slots.
/// Then a product with the rows themselves, so many of them one after the other as one long row, has every entry of the result in a slot of its own. Products are integers of either sign, modulo 2^64 but
/// for the last place.
/// </remarks>
internal sealed record PackedProduct
{
    /// <summary>What an answer costs the two parties, in encryptions: decrypting and re-randomising on one side, encrypting, reading and a table on the other.</summary>
    private const int AnswerCost = 12;

    /// <summary>Most entries of a long row: tables of their powers stay below about 50 MB.</summary>
    private const int MostEntries = 2048;

    /// <summary>Long rows that tables are made for at most.</summary>
    private const int TableRows = 256;

    /// <summary>The layout of a product.</summary>
    /// <param name="shape">Rows, inner, columns; 1 or more.</param>
    /// <param name="keyBits">Bits of n.</param>
    /// <exception cref="ArgumentException">A key without room for one entry of the result.</exception>
    public PackedProduct((int Rows, int Inner, int Columns) shape, int keyBits)
    {
        (Rows, Inner, Columns) = shape;
        var slots = ShareBlinding.SlotsPerPlaintext(keyBits);
        if (slots == 0) throw new ArgumentException($"A key of {keyBits} bits has no room for an entry of a product.", nameof(keyBits));
        (ColumnsTogether, RowsTogether) = Cheapest(slots);
    }

    /// <summary>Rows of the result.</summary>
    public int Rows { get; }

    /// <summary>Terms of a sum.</summary>
    public int Inner { get; }

    /// <summary>Columns of the result.</summary>
    public int Columns { get; }

    /// <summary>Parts that the columns are in, each with plaintexts of its own.</summary>
    public int Groups => (Columns + ColumnsTogether - 1) / ColumnsTogether;

    /// <summary>Columns in a plaintext.</summary>
    public int ColumnsTogether { get; }

    /// <summary>Rows in a plaintext.</summary>
    public int RowsTogether { get; }

    /// <summary>Ciphertexts of the factor.</summary>
    public int FactorCount => checked(Groups * LongInner);

    /// <summary>Ciphertexts of the result.</summary>
    public int ResultCount => checked(Groups * LongRows);

    private int LongRows => (Rows + RowsTogether - 1) / RowsTogether;

    private int LongInner => RowsTogether * Inner;

    private int Slots => RowsTogether * ColumnsTogether;

    /// <summary>The owner's plaintexts.</summary>
    public Plaintexts Encode(PaillierPublicKey key, RingMatrix factor)
    {
        var numbers = new BigInteger[FactorCount];
        for (var group = 0; group < Groups; group++)
        {
            var (first, end) = (group * ColumnsTogether, Math.Min((group + 1) * ColumnsTogether, Columns));
            for (var j = 0; j < Inner; j++)
            {
                var together = BigInteger.Zero;
                for (var column = end - 1; column >= first; column--) together = (together << ShareBlinding.SlotBits) + unchecked((long)factor.Values[(j * Columns) + column]);
                for (var row = 0; row < RowsTogether; row++) numbers[(group * LongInner) + (row * Inner) + j] = together << (row * ColumnsTogether * ShareBlinding.SlotBits);
            }
        }
        return Plaintexts.FromBigIntegers(key, numbers);
    }

    /// <summary>The result's ciphertexts, not to be shown to anybody: their randomness is a function of the rows.</summary>
    /// <remarks>Time depends on how many bits the largest entry takes, rounded up to an even number.</remarks>
    public Ciphertexts Multiply(Ciphertexts factor, RingMatrix rows, PaillierOptions options)
    {
        // A row after the other: the long rows are the matrix itself, with zeros after it.
        var matrix = new long[LongRows * LongInner];
        MemoryMarshal.Cast<ulong, long>(rows.Values).CopyTo(matrix);
        Ciphertexts? result = null;
        for (var group = 0; group < Groups; group++)
        {
            var vector = Groups == 1 ? factor : factor.Pick([.. Enumerable.Range(group * LongInner, LongInner)]);
            var product = new EncryptedProduct(vector, BitsOf(matrix), Math.Min(LongRows, TableRows), options).Multiply(matrix, LongRows);
            result = result is null ? product : result.Concat(product);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(matrix.AsSpan()));
        return result!;
    }

    /// <summary>The holder's last step: masked ciphertexts for the key's owner, and this party's shares of the product.</summary>
    public (Ciphertexts Masked, RingMatrix Shares) Mask(Ciphertexts result, Rerandomizer rerandomizer, Core.Randomness.CryptographicRandom random, PaillierOptions options)
    {
        var (masked, shares) = ShareBlinding.Mask(result, Slots, rerandomizer, random, options);
        return (masked, Arrange(shares));
    }

    /// <summary>The owner's shares of the product.</summary>
    public RingMatrix Open(PaillierSecretKey key, Ciphertexts masked, PaillierOptions options) => Arrange(ShareBlinding.Open(key, masked, Slots, options));

    /// <summary>
    /// Columns and rows in a plaintext with which both parties have the least to do: c columns and r rows take columns / c times r inner encryptions and rows / r answers. Rows are counted up to a power of two:
    /// parties of nearly as many rows get the same layout, and so the same ciphertexts.
    /// </summary>
    private (int Columns, int Rows) Cheapest(int slots)
    {
        var (best, least, rows) = ((1, 1), long.MaxValue, (long)BitOperations.RoundUpToPowerOf2((uint)Rows));
        for (var c = Math.Min(Columns, slots); c >= 1; c--)
            for (var r = 1; r <= Math.Max(1, Math.Min(Math.Min(slots / c, Rows), MostEntries / Inner)); r++)
            {
                var cost = (Columns + c - 1) / c * (((long)r * Inner) + (AnswerCost * ((rows + r - 1) / r)));
                if (cost < least) (best, least) = ((c, r), cost);
            }
        return best;
    }

    /// <summary>Slots in the order of the result's entries.</summary>
    private RingMatrix Arrange(ulong[] slots)
    {
        var entries = new ulong[Rows * Columns];
        for (var row = 0; row < Rows; row++)
            for (var column = 0; column < Columns; column++)
            {
                var ciphertext = (column / ColumnsTogether * LongRows) + (row / RowsTogether);
                entries[(row * Columns) + column] = slots[(ciphertext * Slots) + (row % RowsTogether * ColumnsTogether) + (column % ColumnsTogether)];
            }
        return new RingMatrix(Rows, Columns, entries);
    }

    /// <summary>Bits that the largest entry takes, an even number.</summary>
    private static int BitsOf(long[] matrix)
    {
        var any = 0L;
        foreach (var entry in matrix) any |= Math.Abs(entry);
        return Math.Max(1, (64 - BitOperations.LeadingZeroCount((ulong)any) + 1) / 2) * 2;
    }
}
