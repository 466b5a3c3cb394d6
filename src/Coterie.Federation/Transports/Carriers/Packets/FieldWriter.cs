using System.Buffers.Binary;

namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>Writes protobuf fields into a buffer that is long enough.</summary>
internal ref struct FieldWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    /// <summary>Writes tag and length of a field of <paramref name="length"/> bytes, which the caller appends.</summary>
    public void WriteDelimited(int number, int length)
    {
        WriteVarint((uint)((number << 3) | FieldReader.Delimited));
        WriteVarint((uint)length);
    }

    /// <summary>Writes a field of eight bytes.</summary>
    public void WriteFixed64(int number, ulong value)
    {
        WriteVarint((uint)((number << 3) | FieldReader.Fixed64));
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Position..], value);
        Position += sizeof(ulong);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Bytes that a length takes.</summary>
    public static int LengthBytes(int length) => length switch { < 1 << 7 => 1, < 1 << 14 => 2, < 1 << 21 => 3, < 1 << 28 => 4, _ => 5 };

    private void WriteVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _destination[Position++] = (byte)(value & 0x7F | 0x80);
        _destination[Position++] = (byte)value;
    }
}
