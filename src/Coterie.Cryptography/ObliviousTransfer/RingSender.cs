using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// The sender's part of sums of products. For transfer (j, s) with the streams G_0 and G_1 of its two keys it sends G_0 + d - G_1, the lower 64 - j bits, and
/// its share of the sum loses G_0 2^j; the receiver's gains G_b + b times what was sent, times 2^j. Arithmetic modulo 2^64 is meant throughout this file.
/// </summary>
internal static class RingSender
{
    public static ulong[] Sums(RingPlan plan, ReadOnlySpan<UInt128> rows, UInt128 offset, ReadOnlySpan<ulong> correlations, CorrelationHash hash, Span<byte> body)
    {
        var sums = new ulong[plan.SumEntries];
        var permuted = new UInt128[RingStreams.BlocksAtOnce];
        var (first, second) = (new UInt128[RingStreams.BlocksAtOnce], new UInt128[RingStreams.BlocksAtOnce]);
        var sent = new ulong[2 * RingStreams.BlocksAtOnce];
        var plane = -1;
        var writer = default(PlaneWriter);
        foreach (var piece in RingStreams.Pieces(plan))
        {
            if (piece.Plane != plane)
            {
                if (plane >= 0) writer.Flush();
                plane = piece.Plane;
                var bytes = (int)plan.PlaneBytes(plane);
                writer = new PlaneWriter(RingPlan.Width(plane), body[..bytes]);
                body = body[bytes..];
            }
            RingStreams.Expand(plan, piece, rows, 0, hash, permuted, first);
            RingStreams.Expand(plan, piece, rows, offset, hash, permuted, second);
            Combine(plan, piece, correlations, MemoryMarshal.Cast<UInt128, ulong>(first), MemoryMarshal.Cast<UInt128, ulong>(second), sums, sent);
            writer.Write(sent.AsSpan(0, piece.Transfers * piece.Entries));
        }
        if (plane >= 0) writer.Flush();
        RingStreams.Zero<UInt128>(permuted);
        RingStreams.Zero<UInt128>(first);
        RingStreams.Zero<UInt128>(second);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(RingPlan plan, RingStreams.Piece piece, ReadOnlySpan<ulong> correlations, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, Span<ulong> sums, Span<ulong> sent)
    {
        // The highest bit of a signed scalar carries -d: d is negated as (d xor sign) - sign.
        var sign = plan.IsNegative(piece.Plane) ? ulong.MaxValue : 0;
        for (var t = 0; t < piece.Transfers; t++)
        {
            var scalar = piece.Scalar + t;
            var row = correlations.Slice((scalar % plan.Rows * plan.Length) + piece.Entry, piece.Entries);
            var sum = sums.Slice((scalar / plan.Group * plan.Length) + piece.Entry, piece.Entries);
            Step(row, first.Slice(t * piece.Stride, piece.Entries), second.Slice(t * piece.Stride, piece.Entries), piece.Plane, sign, sum, sent.Slice(t * piece.Entries, piece.Entries));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(ReadOnlySpan<ulong> row, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, int shift, ulong sign, Span<ulong> sum, Span<ulong> sent)
    {
        unchecked
        {
            var i = 0;
            if (row.Length >= Vector512<ulong>.Count)
            {
                ref var d = ref MemoryMarshal.GetReference(row);
                ref var zero = ref MemoryMarshal.GetReference(first);
                ref var one = ref MemoryMarshal.GetReference(second);
                ref var share = ref MemoryMarshal.GetReference(sum);
                ref var target = ref MemoryMarshal.GetReference(sent);
                var signs = Vector512.Create(sign);
                for (; i + Vector512<ulong>.Count <= row.Length; i += Vector512<ulong>.Count)
                {
                    var at = (nuint)i;
                    var pad = Vector512.LoadUnsafe(ref zero, at);
                    (Vector512.LoadUnsafe(ref share, at) - (pad << shift)).StoreUnsafe(ref share, at);
                    (pad + ((Vector512.LoadUnsafe(ref d, at) ^ signs) - signs) - Vector512.LoadUnsafe(ref one, at)).StoreUnsafe(ref target, at);
                }
            }
            for (; i < row.Length; i++)
            {
                sum[i] -= first[i] << shift;
                sent[i] = first[i] + ((row[i] ^ sign) - sign) - second[i];
            }
        }
    }
}
