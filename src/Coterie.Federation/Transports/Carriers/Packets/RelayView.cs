using System.Text;
using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>A relayed content as it lies in a buffer.</summary>
/// <param name="Peer">Recipient on the way up, sender on the way down.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Field">The content with its tag and length, to be passed on as it is.</param>
/// <param name="Body">The content: a message of <c>packet.proto</c>.</param>
internal readonly record struct RelayView(PartyId Peer, RelayKind Kind, Memory<byte> Field, Memory<byte> Body)
{
    private const int PeerField = 1;

    /// <summary>Finds peer and content of a relay packet's body.</summary>
    /// <exception cref="MalformedPacketException">It is none.</exception>
    public static RelayView Read(Memory<byte> body)
    {
        var reader = new FieldReader(body.Span);
        reader.Expect(PeerField, FieldReader.Delimited);
        var nameBytes = reader.ReadDelimited(PacketLimits.NameBytes);
        var peer = Name(body.Span.Slice(reader.Position - nameBytes, nameBytes));
        var start = reader.Position;
        var kind = (RelayKind)reader.ReadTag(FieldReader.Delimited);
        if (kind is < RelayKind.Offer or > RelayKind.Sealed) throw new MalformedPacketException($"A relayed content of kind {(int)kind}; 2 to 6 are known to version {PacketLimits.Version}.");
        var length = reader.ReadDelimited(kind == RelayKind.Sealed ? PacketLimits.PacketBytes : PacketLimits.ControlBytes);
        if (!reader.AtEnd) throw new MalformedPacketException($"{body.Length - reader.Position} bytes after a relayed content's end.");
        return new RelayView(peer, kind, body[start..], body.Slice(reader.Position - length, length));
    }

    /// <summary>A party's name from its bytes.</summary>
    /// <exception cref="MalformedPacketException">They are none.</exception>
    public static PartyId Name(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > PacketLimits.NameBytes || !Ascii.IsValid(bytes)) throw new MalformedPacketException($"{bytes.Length} bytes where a party's name is expected: 1 to 64 of a-z, 0-9, '-', '_' and '.'.");
        return Name(Encoding.ASCII.GetString(bytes));
    }

    /// <summary>A party's name from a text.</summary>
    /// <exception cref="MalformedPacketException">It is none.</exception>
    public static PartyId Name(string name) =>
        PartyId.IsValid(name) ? new PartyId(name) : throw new MalformedPacketException("A text where a party's name is expected: 1 to 64 of a-z, 0-9, '-', '_' and '.'.");
}
