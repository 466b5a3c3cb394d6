using Coterie.Federation.Protos;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>Parses the messages that are neither frames nor sealed.</summary>
internal static class ControlMessages
{
    /// <summary>The message in <paramref name="body"/>; nothing beyond its fields of this version is accepted.</summary>
    /// <exception cref="MalformedPacketException">It is none.</exception>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> body) where T : IMessage<T>
    {
        var message = ParseLoosely(parser, body);
        // Unknown fields have been dropped: what is left is as long as what came only if there were none, and none twice.
        return message.CalculateSize() == body.Length
            ? message
            : throw new MalformedPacketException($"A {message.Descriptor.Name} with fields unknown to version {PacketLimits.Version}, or one of them twice.");
    }

    /// <summary>As <see cref="Parse"/>, but fields of other versions are passed over: for what is said before the version is agreed, and in refusals.</summary>
    /// <exception cref="MalformedPacketException">It is no such message.</exception>
    public static T ParseLoosely<T>(MessageParser<T> parser, ReadOnlyMemory<byte> body) where T : IMessage<T>
    {
        if (body.Length > PacketLimits.ControlBytes) throw new MalformedPacketException($"{body.Length} bytes; at most {PacketLimits.ControlBytes} are accepted here.");
        try
        {
            return parser.WithDiscardUnknownFields(discardUnknownFields: true).ParseFrom(body.Span);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or IndexOutOfRangeException)
        {
            // Of a message that ends inside a nested one's number the parser says so by running off its buffer.
            throw new MalformedPacketException($"No {typeof(T).Name}: {e.Message}", e);
        }
    }

    /// <summary>A refusal's packet.</summary>
    public static Packet Refuse(Refusal.Types.Reason reason, string text) =>
        new() { Refusal = new Refusal { Reason = reason, Text = text.Length <= PacketLimits.RefusalCharacters ? text : text[..PacketLimits.RefusalCharacters] } };
}
