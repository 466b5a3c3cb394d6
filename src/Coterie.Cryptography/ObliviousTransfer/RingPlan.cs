namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// Which transfers make sums of products over Z_2^64, and how long their message is. The receiver's scalars v_s are cut into bits; transfer j S + s
/// for bit j of scalar s of S carries the row d of the sender that v_s multiplies, in plane j: all that is multiplied by 2^j. There the upper j bits of an entry
/// would be lost, so that 64 - j are sent (Gilboa, "Two party RSA key generation", CRYPTO 1999, section 4, modulo 2^64; shortened as in Demmler, Schneider,
/// Zohner, "ABY", NDSS 2015, section III-A5).
/// </summary>
/// <param name="Scalars">S, numbers of the receiver.</param>
/// <param name="Length">Entries of a row.</param>
/// <param name="Rows">Rows of the sender; scalar s multiplies row s mod Rows.</param>
/// <param name="Group">Scalars in a row whose products are added up: to sum s / Group.</param>
/// <param name="Bits">Bits of a scalar, 1 to 64.</param>
/// <param name="IsSigned">Whether the highest bit stands for -2^(Bits - 1).</param>
internal readonly record struct RingPlan(int Scalars, int Length, int Rows, int Group, int Bits, bool IsSigned)
{
    /// <summary>Transfers in all.</summary>
    public int Count => Scalars * Bits;

    /// <summary>Entries of all sums.</summary>
    public long SumEntries => Group == 0 ? 0 : (long)Scalars / Group * Length;

    /// <summary>Bytes of the sender's message behind its head.</summary>
    public long BodyBytes
    {
        get
        {
            var bytes = 0L;
            for (var j = 0; j < Bits; j++) bytes += PlaneBytes(j);
            return bytes;
        }
    }

    /// <summary>Each scalar a bit with a row of its own, nothing added up.</summary>
    public static RingPlan Transfers(int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new RingPlan(count, length, count, 1, 1, IsSigned: false);
    }

    /// <summary>Bits of an entry that are sent in a plane.</summary>
    public static int Width(int plane) => 64 - plane;

    /// <summary>Bytes of a plane.</summary>
    public long PlaneBytes(int plane) => BitPacking.Bytes((long)Scalars * Length, Width(plane));

    /// <summary>Whether a plane counts negatively.</summary>
    public bool IsNegative(int plane) => IsSigned && plane == Bits - 1;
}
