namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>What a packet is; the number is its field's in <c>packet.proto</c>.</summary>
internal enum PacketKind
{
    /// <summary>First packet of the party that connects.</summary>
    Hello = 1,

    /// <summary>The coordinator's answer.</summary>
    Welcome = 2,

    /// <summary>A frame for or from the coordinator.</summary>
    Frame = 3,

    /// <summary>Something passed on between two parties.</summary>
    Relay = 4,

    /// <summary>A request to be told when a party is there.</summary>
    Want = 5,

    /// <summary>Whether a party is there.</summary>
    Presence = 6,

    /// <summary>Last packet before the connection is closed.</summary>
    Refusal = 7,
}
