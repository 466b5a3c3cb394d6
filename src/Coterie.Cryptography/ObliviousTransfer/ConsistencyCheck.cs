using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The check that a receiver used the same choices in all columns: Keller, Orsini, Scholl, "Actively secure OT extension with optimal overhead", ePrint
/// 2015/546 as revised in 2022, figure 10, after Roy's "SoftSpokenOT" (CRYPTO 2022), whose reductions replace the flawed lemma of the first version.
/// </summary>
/// <remarks>
/// Every column is hashed, before it is transposed, by a linear universal hash over GF(2^128): with blocks c_0 ... c_m of 128 bits, the sum of chi_j c_j for
/// j below m, plus c_m, which is random and thrown away afterwards. Hashes of what the receiver has, t_i for column i and x for its choices, must
/// fit the sender's: q_i = t_i + Delta_i x. A column with other choices passes only if Delta_i was guessed (or with probability 2^-128); each guess costs half of
/// all chances, and a failed check ends everything. chi comes from a hash of all that the receiver sent (Fiat, Shamir 1986), so that no further message is needed;
/// 128 bits of field leave no room to search for a good challenge.
/// </remarks>
internal sealed class ConsistencyCheck
{
    /// <summary>Blocks of a chunk: a kilobyte a column, 128 KiB in all.</summary>
    public const int ChunkBlocks = 64;

    private readonly UInt128[] _coefficients;
    private readonly bool? _hardware;

    /// <summary>Coefficients for so many blocks, the last of which is the random one.</summary>
    public ConsistencyCheck(UInt128 challenge, int blocks, bool? hardware)
    {
        _hardware = hardware;
        _coefficients = new UInt128[blocks];
        using var generator = new Aes128(challenge, hardware);
        generator.Counters(0, _coefficients);
        _coefficients[^1] = 1;
    }

    /// <summary>The chunks that so many blocks of all columns are kept and sent in: first block, blocks.</summary>
    public static IEnumerable<(int First, int Count)> Chunks(int blocks)
    {
        for (var first = 0; first < blocks; first += ChunkBlocks) yield return (first, Math.Min(ChunkBlocks, blocks - first));
    }

    /// <summary>The hash of one column that lies in one piece.</summary>
    public UInt128 Hash(ReadOnlySpan<UInt128> column) => Field128.InnerProduct(_coefficients, column, _hardware);

    /// <summary>The hashes of 128 columns that lie chunk by chunk.</summary>
    public UInt128[] HashColumns(ReadOnlySpan<UInt128> columns)
    {
        var hashes = new UInt128[BitTransposition.Columns];
        foreach (var (first, count) in Chunks(_coefficients.Length))
            for (var i = 0; i < hashes.Length; i++)
                hashes[i] ^= Field128.InnerProduct(_coefficients.AsSpan(first, count), columns.Slice((first * BitTransposition.Columns) + (i * count), count), _hardware);
        return hashes;
    }

    /// <summary>Whether the receiver's hashes fit the sender's; the same time whether and wherever they do not.</summary>
    public static bool Fits(ReadOnlySpan<UInt128> own, UInt128 choices, ReadOnlySpan<UInt128> received, UInt128 offset)
    {
        var expected = new UInt128[own.Length];
        for (var i = 0; i < own.Length; i++) expected[i] = own[i] ^ (choices & Mask(offset, i));
        var fits = CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected.AsSpan()), MemoryMarshal.AsBytes(received));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(expected.AsSpan()));
        return fits;
    }

    /// <summary>All ones where a bit is set, without a branch.</summary>
    public static UInt128 Mask(UInt128 bits, int index) => unchecked(UInt128.Zero - ((bits >> index) & 1));
}
