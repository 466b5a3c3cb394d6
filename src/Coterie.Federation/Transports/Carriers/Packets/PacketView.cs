namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>A packet as it lies in a buffer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Body">Its content: a frame's bytes, or a message of <c>packet.proto</c>.</param>
internal readonly record struct PacketView(PacketKind Kind, Memory<byte> Body)
{
    /// <summary>Finds kind and content of a packet.</summary>
    /// <exception cref="MalformedPacketException">It is none, or longer than its kind may be.</exception>
    public static PacketView Read(Memory<byte> packet)
    {
        var reader = new FieldReader(packet.Span);
        var kind = (PacketKind)reader.ReadTag(FieldReader.Delimited);
        if (kind is < PacketKind.Hello or > PacketKind.Refusal) throw new MalformedPacketException($"A packet of kind {(int)kind}; 1 to 7 are known to version {PacketLimits.Version}.");
        var length = reader.ReadDelimited(Maximum(kind));
        if (!reader.AtEnd) throw new MalformedPacketException($"{packet.Length - reader.Position} bytes after a packet's end.");
        return new PacketView(kind, packet.Slice(reader.Position - length, length));
    }

    private static int Maximum(PacketKind kind) => kind switch
    {
        PacketKind.Frame => CarrierLimits.MaximumFrameBytes,
        PacketKind.Relay => PacketLimits.PacketBytes,
        _ => PacketLimits.ControlBytes,
    };
}
