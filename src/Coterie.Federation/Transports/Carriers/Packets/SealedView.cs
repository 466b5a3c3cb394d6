namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>An encrypted frame as it lies in a buffer.</summary>
/// <param name="Session">First eight bytes of its session.</param>
/// <param name="Counter">Its number in its direction.</param>
/// <param name="Ciphertext">Ciphertext and tag.</param>
internal readonly record struct SealedView(ulong Session, ulong Counter, Memory<byte> Ciphertext)
{
    /// <summary>Bytes of an authentication tag of AES-GCM.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes before the ciphertext, with the tag and length of the content: all of fixed length but the two lengths.</summary>
    private const int NumbersBytes = 2 * (1 + sizeof(ulong));

    /// <summary>Finds the parts of a sealed content.</summary>
    /// <exception cref="MalformedPacketException">It is none.</exception>
    public static SealedView Read(Memory<byte> body)
    {
        var reader = new FieldReader(body.Span);
        reader.Expect(1, FieldReader.Fixed64);
        var session = reader.ReadFixed64();
        reader.Expect(2, FieldReader.Fixed64);
        var counter = reader.ReadFixed64();
        reader.Expect(3, FieldReader.Delimited);
        var length = reader.ReadDelimited(CarrierLimits.MaximumFrameBytes + TagBytes);
        if (length < TagBytes) throw new MalformedPacketException($"A ciphertext of {length} bytes; its tag alone has {TagBytes}.");
        if (!reader.AtEnd) throw new MalformedPacketException($"{body.Length - reader.Position} bytes after a sealed frame's end.");
        return new SealedView(session, counter, body.Slice(reader.Position - length, length));
    }

    /// <summary>Bytes of the field that holds <paramref name="frameBytes"/> bytes sealed.</summary>
    public static int FieldBytes(int frameBytes)
    {
        var body = BodyBytes(frameBytes);
        return 1 + FieldWriter.LengthBytes(body) + body;
    }

    /// <summary>Writes everything before the ciphertext and returns its length; ciphertext and tag follow.</summary>
    public static int WriteHead(Span<byte> destination, ulong session, ulong counter, int frameBytes)
    {
        var writer = new FieldWriter(destination);
        writer.WriteDelimited((int)RelayKind.Sealed, BodyBytes(frameBytes));
        writer.WriteFixed64(1, session);
        writer.WriteFixed64(2, counter);
        writer.WriteDelimited(3, frameBytes + TagBytes);
        return writer.Position;
    }

    private static int BodyBytes(int frameBytes) => NumbersBytes + 1 + FieldWriter.LengthBytes(frameBytes + TagBytes) + frameBytes + TagBytes;
}
