using System.Buffers;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>A packet in a borrowed buffer, on its way out. Whoever holds it last gives the buffer back.</summary>
internal readonly struct OutgoingPacket
{
    private readonly byte[] _buffer;
    private readonly int _start;
    private readonly int _length;

    /// <summary>Takes over a buffer of the shared pool.</summary>
    public OutgoingPacket(byte[] buffer, int start, int length) => (_buffer, _start, _length) = (buffer, start, length);

    /// <summary>The packet.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(_start, _length);

    /// <summary>Bytes it keeps occupied.</summary>
    public int Held => _buffer.Length;

    /// <summary>Gives the buffer back.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>A control packet.</summary>
    public static OutgoingPacket Control(Packet packet)
    {
        var length = packet.CalculateSize();
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        packet.WriteTo(buffer.AsSpan(0, length));
        return new OutgoingPacket(buffer, 0, length);
    }

    /// <summary>A frame for or from the coordinator; its bytes are copied.</summary>
    public static OutgoingPacket Frame(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 + FieldWriter.LengthBytes(frame.Length) + frame.Length);
        var writer = new FieldWriter(buffer);
        writer.WriteDelimited((int)PacketKind.Frame, frame.Length);
        writer.Write(frame);
        return new OutgoingPacket(buffer, 0, writer.Position);
    }

    /// <summary>A borrowed buffer for a relay packet whose content of <paramref name="contentBytes"/> the caller writes at <paramref name="content"/>.</summary>
    public static OutgoingPacket Relay(PartyId peer, int contentBytes, out Span<byte> content)
    {
        var head = RelayHeadBytes(peer, contentBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(head + contentBytes);
        WriteRelayHead(buffer, peer, contentBytes);
        content = buffer.AsSpan(head, contentBytes);
        return new OutgoingPacket(buffer, 0, head + contentBytes);
    }

    /// <summary>
    /// The same buffer, with the name before a relayed content replaced; <see cref="PacketLimits.RelayHeaderBytes"/> bytes before
    /// <paramref name="contentStart"/> are free to be written to.
    /// </summary>
    public static OutgoingPacket Readdressed(byte[] buffer, int contentStart, int contentBytes, PartyId peer)
    {
        var head = RelayHeadBytes(peer, contentBytes);
        WriteRelayHead(buffer.AsSpan(contentStart - head), peer, contentBytes);
        return new OutgoingPacket(buffer, contentStart - head, head + contentBytes);
    }

    private static int RelayHeadBytes(PartyId peer, int contentBytes)
    {
        var inner = 2 + peer.Name.Length + contentBytes;
        return 1 + FieldWriter.LengthBytes(inner) + 2 + peer.Name.Length;
    }

    private static void WriteRelayHead(Span<byte> destination, PartyId peer, int contentBytes)
    {
        Span<byte> name = stackalloc byte[PacketLimits.NameBytes];
        name = name[..Encoding.ASCII.GetBytes(peer.Name, name)];
        var writer = new FieldWriter(destination);
        writer.WriteDelimited((int)PacketKind.Relay, 2 + name.Length + contentBytes);
        writer.WriteDelimited(1, name.Length);
        writer.Write(name);
    }
}
