using System.Buffers;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>A packet in a borrowed buffer, with room before it for another name. Either released or passed on, once.</summary>
/// <param name="buffer">Of the shared pool.</param>
/// <param name="length">Bytes of the packet; it begins at <see cref="Start"/>.</param>
internal readonly struct IncomingPacket(byte[] buffer, int length)
{
    /// <summary>Where packets begin in their buffers.</summary>
    public const int Start = PacketLimits.RelayHeaderBytes;

    /// <summary>The packet.</summary>
    public Memory<byte> Memory => buffer.AsMemory(Start, length);

    /// <summary>Bytes it keeps occupied.</summary>
    public int Held => buffer.Length;

    /// <summary>Gives the buffer back.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Passes the buffer on with the relayed content at its end and another name before it.</summary>
    public OutgoingPacket Readdress(RelayView relay, PartyId peer) =>
        OutgoingPacket.Readdressed(buffer, Start + length - relay.Field.Length, relay.Field.Length, peer);
}
