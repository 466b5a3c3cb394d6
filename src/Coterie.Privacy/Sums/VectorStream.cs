using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums;

/// <summary>
/// A vector of 64-bit entries, ring elements or the bits of doubles, as a streamed message: the count, then the entries, little-endian. Neither
/// side holds the message beside the vector.
/// </summary>
internal static class VectorStream
{
    /// <summary>Entries of a piece: 256 KiB, above which costs per piece no longer show.</summary>
    private const int PieceEntries = 32 << 10;

    /// <summary>Bytes of the message.</summary>
    public static long BytesOf(int entries) => sizeof(int) + ((long)entries * sizeof(ulong));

    /// <summary>The message in pieces.</summary>
    /// <param name="entries">How many.</param>
    /// <param name="fill">Writes the entries from an index on; called in order.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(int entries, Action<int, Span<ulong>> fill)
    {
        var buffer = new ulong[Math.Min(entries, PieceEntries)];
        var bytes = new byte[Math.Max(sizeof(int), buffer.Length * sizeof(ulong))];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, entries);
        yield return bytes.AsMemory(0, sizeof(int));
        for (var start = 0; start < entries; start += PieceEntries)
        {
            var piece = buffer.AsSpan(0, Math.Min(PieceEntries, entries - start));
            fill(start, piece);
            if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(piece, piece);
            MemoryMarshal.AsBytes(piece).CopyTo(bytes);
            yield return bytes.AsMemory(0, piece.Length * sizeof(ulong));
        }
    }

    /// <summary>SHA-256 over the message.</summary>
    public static byte[] Digest(int entries, Action<int, Span<ulong>> fill)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Write(entries, fill)) hash.AppendData(piece.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>Reads exactly <paramref name="entries"/>, handing them on from an index on, in order.</summary>
    /// <exception cref="ProtocolException">Another number of entries; the sender is named.</exception>
    public static async ValueTask ReadAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> message, int entries, PartyId sender, StepTag step, Action<int, ReadOnlySpan<ulong>> accept, CancellationToken cancellationToken)
    {
        var assembler = new Assembler(entries, sender, step, accept);
        await foreach (var piece in message.WithCancellation(cancellationToken)) assembler.Take(piece.Span);
        assembler.End();
    }

    /// <summary>Puts entries together whatever the borders of the pieces.</summary>
    private sealed class Assembler(int entries, PartyId sender, StepTag step, Action<int, ReadOnlySpan<ulong>> accept)
    {
        private readonly byte[] _carry = new byte[sizeof(ulong)];
        private readonly ulong[] _entries = new ulong[Math.Min(entries, PieceEntries)];
        private int _carried;
        private int _done;
        private bool _counted;

        public void Take(ReadOnlySpan<byte> piece)
        {
            if (!_counted && !TryTakeCount(ref piece)) return;
            if (_carried > 0)
            {
                var missing = Math.Min(sizeof(ulong) - _carried, piece.Length);
                piece[..missing].CopyTo(_carry.AsSpan(_carried));
                _carried += missing;
                piece = piece[missing..];
                if (_carried < sizeof(ulong)) return;
                _carried = 0;
                Accept(_carry);
            }
            var whole = piece.Length / sizeof(ulong) * sizeof(ulong);
            for (var start = 0; start < whole; start += _entries.Length * sizeof(ulong))
                Accept(piece[start..Math.Min(whole, start + (_entries.Length * sizeof(ulong)))]);
            piece[whole..].CopyTo(_carry);
            _carried = piece.Length - whole;
        }

        public void End()
        {
            if (!_counted || _carried > 0 || _done < entries) throw Malformed();
        }

        private bool TryTakeCount(ref ReadOnlySpan<byte> piece)
        {
            var missing = Math.Min(sizeof(int) - _carried, piece.Length);
            piece[..missing].CopyTo(_carry.AsSpan(_carried));
            _carried += missing;
            piece = piece[missing..];
            if (_carried < sizeof(int)) return false;
            if (BinaryPrimitives.ReadInt32LittleEndian(_carry) != entries) throw Malformed();
            _carried = 0;
            return _counted = true;
        }

        private void Accept(ReadOnlySpan<byte> bytes)
        {
            var count = bytes.Length / sizeof(ulong);
            if (count > entries - _done) throw Malformed();
            var target = _entries.AsSpan(0, count);
            bytes.CopyTo(MemoryMarshal.AsBytes(target));
            if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(target, target);
            accept(_done, target);
            _done += count;
        }

        private ProtocolException Malformed() =>
            new(ProtocolErrorCode.MalformedMessage, $"Message from {sender} at {step}: a vector of {entries} entries expected.", step.Path, sender);
    }
}
