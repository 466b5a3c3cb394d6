using System.Runtime.InteropServices;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>The receiver's message of a batch: the head; 128 columns of masked choices, chunk by chunk; the check's hash of the choices and of the 128 columns.</summary>
internal static class ExtensionMessage
{
    private const int BlockBytes = 16;
    private const int CheckBytes = (1 + BitTransposition.Columns) * BlockBytes;

    /// <summary>Blocks of a column: as many as the transfers fill, and the one that hides the check.</summary>
    public static int Blocks(int count) => ((count + 127) / 128) + 1;

    /// <summary>Bytes behind the head: 16 for each transfer after padding, 2,048 for the block that hides the check, 2,064 for the check.</summary>
    public static long BodyBytes(int count) => ((long)Blocks(count) * BitTransposition.Columns * BlockBytes) + CheckBytes;

    /// <summary>Where the hashes begin: everything before is what the challenge depends on.</summary>
    public static int CheckOffset(int count) => (int)(TransferMessage.HeaderBytes + BodyBytes(count) - CheckBytes);

    /// <summary>The masked columns.</summary>
    public static Span<UInt128> Columns(Span<byte> message, int count) => MemoryMarshal.Cast<byte, UInt128>(message[TransferMessage.HeaderBytes..CheckOffset(count)]);

    /// <summary>The hashes: of the choices, then of each column.</summary>
    public static Span<UInt128> Check(Span<byte> message, int count) => MemoryMarshal.Cast<byte, UInt128>(message[CheckOffset(count)..]);

    /// <summary>The rows of columns that lie chunk by chunk, without those of the last block.</summary>
    public static UInt128[] Transpose(ReadOnlySpan<UInt128> columns, int blocks, bool? vectors)
    {
        var rows = new UInt128[(blocks - 1) * BitTransposition.Columns];
        foreach (var (first, count) in ConsistencyCheck.Chunks(blocks))
        {
            var kept = Math.Min(count, blocks - 1 - first);
            BitTransposition.Transpose(columns[(first * BitTransposition.Columns)..], count, kept, rows.AsSpan(first * BitTransposition.Columns), vectors);
        }
        return rows;
    }
}
