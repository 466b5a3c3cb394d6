using System.Runtime.InteropServices;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Unpacks the entries of one plane, in whatever pieces they are wanted.</summary>
internal ref struct PlaneReader(int width, long entries, ReadOnlySpan<byte> source)
{
    private readonly ulong[] _waiting = new ulong[BitPacking.Block];
    private ReadOnlySpan<ulong> _source = MemoryMarshal.Cast<byte, ulong>(source);
    private long _left = entries;
    private int _next;
    private int _count;

    /// <summary>The next entries.</summary>
    public void Read(Span<ulong> target)
    {
        while (!target.IsEmpty)
        {
            if (_next == _count)
            {
                if (target.Length >= BitPacking.Block && _left >= BitPacking.Block)
                {
                    Unpack(target[..BitPacking.Block]);
                    target = target[BitPacking.Block..];
                    continue;
                }
                (_next, _count) = (0, (int)Math.Min(BitPacking.Block, _left));
                Unpack(_waiting.AsSpan(0, _count));
            }
            var taken = Math.Min(target.Length, _count - _next);
            _waiting.AsSpan(_next, taken).CopyTo(target);
            target = target[taken..];
            _next += taken;
        }
    }

    private void Unpack(Span<ulong> target)
    {
        BitPacking.Unpack(_source, width, target);
        _source = _source[(int)(BitPacking.Bytes(target.Length, width) / sizeof(ulong))..];
        _left -= target.Length;
    }
}
