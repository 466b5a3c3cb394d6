using System.Buffers.Binary;

namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>Reads protobuf fields one after another without copying or allocating; lengths are checked against what is there.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Wire type of length-prefixed fields.</summary>
    public const int Delimited = 2;

    /// <summary>Wire type of eight-byte fields.</summary>
    public const int Fixed64 = 1;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Whether everything has been read.</summary>
    public readonly bool AtEnd => Position == _bytes.Length;

    /// <summary>Reads a tag and returns the field's number.</summary>
    /// <exception cref="MalformedPacketException">There is none, or it is not of <paramref name="wireType"/>.</exception>
    public int ReadTag(int wireType)
    {
        var tag = ReadVarint32();
        if ((tag & 7) != wireType) throw new MalformedPacketException($"A field of wire type {tag & 7} at byte {Position} of a packet; {wireType} is expected.");
        return (int)(tag >> 3);
    }

    /// <summary>Reads the tag of field <paramref name="number"/>.</summary>
    /// <exception cref="MalformedPacketException">Another one is there.</exception>
    public void Expect(int number, int wireType)
    {
        var found = ReadTag(wireType);
        if (found != number) throw new MalformedPacketException($"Field {found} at byte {Position} of a packet; {number} is expected.");
    }

    /// <summary>Reads a length and skips so many bytes: they end at <see cref="Position"/>.</summary>
    /// <exception cref="MalformedPacketException">More than <paramref name="maximum"/>, or more than there are.</exception>
    public int ReadDelimited(int maximum)
    {
        var length = ReadVarint32();
        if (length > maximum) throw new MalformedPacketException($"{length} bytes announced at byte {Position} of a packet; at most {maximum} are accepted.");
        if (length > _bytes.Length - Position) throw new MalformedPacketException($"{length} bytes announced at byte {Position} of a packet; {_bytes.Length - Position} are there.");
        Position += (int)length;
        return (int)length;
    }

    /// <summary>Reads eight bytes, little-endian.</summary>
    /// <exception cref="MalformedPacketException">Fewer are there.</exception>
    public ulong ReadFixed64()
    {
        if (_bytes.Length - Position < sizeof(ulong)) throw new MalformedPacketException($"A packet ends at byte {_bytes.Length} within a number.");
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]);
        Position += sizeof(ulong);
        return value;
    }

    private uint ReadVarint32()
    {
        var value = 0UL;
        for (var shift = 0; shift < 35; shift += 7)   // five bytes hold 32 bits
        {
            if (AtEnd) throw new MalformedPacketException($"A packet ends at byte {_bytes.Length} within a number.");
            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value <= uint.MaxValue ? (uint)value : throw new MalformedPacketException($"A number of more than 32 bits at byte {Position} of a packet.");
        }
        throw new MalformedPacketException($"A number of more than five bytes at byte {Position} of a packet.");
    }
}
