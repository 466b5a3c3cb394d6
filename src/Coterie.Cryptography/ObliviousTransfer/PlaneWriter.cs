using System.Runtime.InteropServices;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Packs the entries of one plane, in whatever pieces they come.</summary>
internal ref struct PlaneWriter(int width, Span<byte> target)
{
    private readonly ulong[] _waiting = new ulong[BitPacking.Block];
    private Span<ulong> _target = MemoryMarshal.Cast<byte, ulong>(target);
    private int _count;

    /// <summary>Adds entries.</summary>
    public void Write(ReadOnlySpan<ulong> entries)
    {
        while (!entries.IsEmpty)
        {
            if (_count == 0 && entries.Length >= BitPacking.Block)
            {
                Pack(entries[..BitPacking.Block]);
                entries = entries[BitPacking.Block..];
                continue;
            }
            var taken = Math.Min(entries.Length, BitPacking.Block - _count);
            entries[..taken].CopyTo(_waiting.AsSpan(_count));
            entries = entries[taken..];
            _count += taken;
            if (_count == BitPacking.Block) Flush();
        }
    }

    /// <summary>Packs what is left.</summary>
    public void Flush()
    {
        if (_count > 0) Pack(_waiting.AsSpan(0, _count));
        _count = 0;
    }

    private void Pack(ReadOnlySpan<ulong> entries)
    {
        BitPacking.Pack(entries, width, _target);
        _target = _target[(int)(BitPacking.Bytes(entries.Length, width) / sizeof(ulong))..];
    }
}
