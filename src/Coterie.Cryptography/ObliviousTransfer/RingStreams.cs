using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Walks the transfers of a plan in pieces that fit the first-level cache, and expands their keys.</summary>
internal static class RingStreams
{
    /// <summary>Blocks of a stream that are expanded at a time: 16 KiB.</summary>
    public const int BlocksAtOnce = 1024;

    /// <summary>A piece: transfers of one plane, and a range of the entries of each; only a single transfer's is not the whole.</summary>
    internal readonly record struct Piece(int Plane, int Scalar, int Transfers, int Entry, int Entries)
    {
        /// <summary>Words from one transfer's entries to the next one's in the streams.</summary>
        public int Stride => (Entries + 1) & ~1;

        /// <summary>Blocks of all streams.</summary>
        public int Blocks => Transfers * Stride / 2;
    }

    public static IEnumerable<Piece> Pieces(RingPlan plan)
    {
        if (plan.Length == 0) yield break;
        var each = (plan.Length + 1) / 2;
        var together = Math.Max(1, BlocksAtOnce / each);
        for (var plane = 0; plane < plan.Bits; plane++)
            for (var scalar = 0; scalar < plan.Scalars; scalar += together)
                for (var entry = 0; entry < plan.Length; entry += 2 * BlocksAtOnce)
                    yield return new Piece(plane, scalar, Math.Min(together, plan.Scalars - scalar), entry, Math.Min(2 * BlocksAtOnce, plan.Length - entry));
    }

    /// <summary>The words that hide the piece's transfers: under the rows, or under the rows with an offset.</summary>
    public static void Expand(RingPlan plan, Piece piece, ReadOnlySpan<UInt128> rows, UInt128 offset, CorrelationHash hash, Span<UInt128> permuted, Span<UInt128> stream)
    {
        var first = (piece.Plane * plan.Scalars) + piece.Scalar;
        hash.Permute(rows.Slice(first, piece.Transfers), offset, permuted);
        hash.Streams(permuted[..piece.Transfers], (ulong)first, piece.Entry / 2, stream[..piece.Blocks]);
    }

    /// <summary>Zeroes what was secret.</summary>
    public static void Zero<T>(Span<T> values)
        where T : struct => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(values));
}
