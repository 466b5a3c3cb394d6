using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Coterie.Core.Wire;

/// <summary>
/// Writes the canonical binary form of messages: little-endian numbers, length-prefixed bytes and text. Equal content gives
/// equal bytes, so digests and signatures over them mean the content.
/// </summary>
public sealed class WireWriter
{
    private byte[] _buffer;

    /// <summary>Starts an empty message.</summary>
    public WireWriter(int capacity = 256) => _buffer = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Appends a 32-bit integer.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    /// <summary>Appends a 64-bit integer.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>Appends a double's bits.</summary>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>Appends length and bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteInt32(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>Appends length and UTF-8 bytes.</summary>
    public void WriteText(string value) => WriteBytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Appends count and ring elements.</summary>
    public void WriteUInt64s(ReadOnlySpan<ulong> values)
    {
        WriteInt32(values.Length);
        var target = Take(values.Length * sizeof(ulong));
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(target);
        else
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(target[(i * 8)..], values[i]);
    }

    /// <summary>Appends count and doubles.</summary>
    public void WriteDoubles(ReadOnlySpan<double> values) => WriteUInt64s(MemoryMarshal.Cast<double, ulong>(values));

    /// <summary>The message so far, as a view that further writes may invalidate.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>A copy of the message.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, Length).ToArray();

    private Span<byte> Take(int count)
    {
        var needed = Length + count;
        if (needed > _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, _buffer.Length * 2L)));
        var span = _buffer.AsSpan(Length, count);
        Length = needed;
        return span;
    }
}
