namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>Bounds of packets.</summary>
internal static class PacketLimits
{
    /// <summary>Version of packets and frames that this code speaks.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of the longest name of a party.</summary>
    public const int NameBytes = 64;

    /// <summary>Most bytes before a relayed content: tag and length of the relay, tag, length and text of the name.</summary>
    public const int RelayHeaderBytes = 1 + 5 + 1 + 1 + NameBytes;

    /// <summary>Most bytes that sealing adds to a frame: tag and length of the content and of the ciphertext, session, counter, and the authentication tag.</summary>
    public const int SealingBytes = 6 + 9 + 9 + 6 + 16;

    /// <summary>Longest packet: a sealed frame of the greatest length.</summary>
    public const int PacketBytes = CarrierLimits.MaximumFrameBytes + RelayHeaderBytes + SealingBytes;

    /// <summary>Longest packet that is neither a frame nor sealed: two kilobytes of certificate, keys, signatures and room for better algorithms.</summary>
    public const int ControlBytes = 8 << 10;

    /// <summary>Longest text of a refusal, in characters.</summary>
    public const int RefusalCharacters = 1_000;
}
