using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>The receiver's part of sums of products; see <see cref="RingSender"/>. Arithmetic modulo 2^64 is meant throughout this file.</summary>
internal static class RingReceiver
{
    public static ulong[] Sums(RingPlan plan, ReadOnlySpan<UInt128> rows, ReadOnlySpan<UInt128> choices, CorrelationHash hash, ReadOnlySpan<byte> body)
    {
        var sums = new ulong[plan.SumEntries];
        var (permuted, stream) = (new UInt128[RingStreams.BlocksAtOnce], new UInt128[RingStreams.BlocksAtOnce]);
        var received = new ulong[2 * RingStreams.BlocksAtOnce];
        var plane = -1;
        var reader = default(PlaneReader);
        foreach (var piece in RingStreams.Pieces(plan))
        {
            if (piece.Plane != plane)
            {
                plane = piece.Plane;
                var bytes = (int)plan.PlaneBytes(plane);
                reader = new PlaneReader(RingPlan.Width(plane), (long)plan.Scalars * plan.Length, body[..bytes]);
                body = body[bytes..];
            }
            RingStreams.Expand(plan, piece, rows, 0, hash, permuted, stream);
            reader.Read(received.AsSpan(0, piece.Transfers * piece.Entries));
            Combine(plan, piece, choices, MemoryMarshal.Cast<UInt128, ulong>(stream), received, sums);
        }
        RingStreams.Zero<UInt128>(permuted);
        RingStreams.Zero<UInt128>(stream);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(RingPlan plan, RingStreams.Piece piece, ReadOnlySpan<UInt128> choices, ReadOnlySpan<ulong> stream, ReadOnlySpan<ulong> received, Span<ulong> sums)
    {
        for (var t = 0; t < piece.Transfers; t++)
        {
            var scalar = piece.Scalar + t;
            var transfer = (piece.Plane * plan.Scalars) + scalar;
            var mask = unchecked((ulong)ConsistencyCheck.Mask(choices[transfer / 128], transfer % 128));
            var sum = sums.Slice((scalar / plan.Group * plan.Length) + piece.Entry, piece.Entries);
            Step(stream.Slice(t * piece.Stride, piece.Entries), received.Slice(t * piece.Entries, piece.Entries), piece.Plane, mask, sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(ReadOnlySpan<ulong> stream, ReadOnlySpan<ulong> received, int shift, ulong mask, Span<ulong> sum)
    {
        unchecked
        {
            var i = 0;
            if (stream.Length >= Vector512<ulong>.Count)
            {
                ref var pad = ref MemoryMarshal.GetReference(stream);
                ref var sent = ref MemoryMarshal.GetReference(received);
                ref var share = ref MemoryMarshal.GetReference(sum);
                var masks = Vector512.Create(mask);
                for (; i + Vector512<ulong>.Count <= stream.Length; i += Vector512<ulong>.Count)
                {
                    var at = (nuint)i;
                    var value = Vector512.LoadUnsafe(ref pad, at) + (Vector512.LoadUnsafe(ref sent, at) & masks);
                    (Vector512.LoadUnsafe(ref share, at) + (value << shift)).StoreUnsafe(ref share, at);
                }
            }
            for (; i < stream.Length; i++) sum[i] += (stream[i] + (received[i] & mask)) << shift;
        }
    }
}
