namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>Bytes that are no packet. The message says where and what would be accepted; it holds none of the bytes.</summary>
internal sealed class MalformedPacketException(string message, Exception? cause = null) : IOException(message, cause);
