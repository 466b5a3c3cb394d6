using System.Buffers;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.Packets;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.Packets;

/// <summary>What is written and read by hand is what the generated code writes and reads.</summary>
public sealed class PacketTests
{
    public static TheoryData<string> Names => [.. PacketSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OfAPacketThatGeneratedCodeWrote_FindsKindAndBody(string name)
    {
        var packet = PacketSamples.All[name];
        var view = PacketView.Read(packet.ToByteArray());
        Assert.Equal(PacketSamples.KindOf(packet), view.Kind);
        var expected = packet.BodyCase == Packet.BodyOneofCase.Frame ? packet.Frame.ToByteArray() : Body(packet).ToByteArray();
        Assert.Equal(expected, view.Body.ToArray());
    }

    [Theory]
    [InlineData("offer")]
    [InlineData("answer")]
    [InlineData("confirm")]
    [InlineData("request")]
    [InlineData("sealed")]
    public void Read_OfARelay_FindsPeerAndContent(string name)
    {
        var relay = PacketSamples.All[name].Relay;
        var view = RelayView.Read(relay.ToByteArray());
        Assert.Equal(("b", (int)relay.ContentCase), (view.Peer.Name, (int)view.Kind));
        Assert.True(view.Field.Span.EndsWith(view.Body.Span));
        if (relay.ContentCase != Relay.ContentOneofCase.Sealed) return;
        var sealedView = SealedView.Read(view.Body);
        Assert.Equal((relay.Sealed.Session, relay.Sealed.Counter), (sealedView.Session, sealedView.Counter));
        Assert.Equal(relay.Sealed.Ciphertext.ToByteArray(), sealedView.Ciphertext.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(90)]
    [InlineData(127)]
    [InlineData(20_000)]
    [InlineData(CarrierLimits.MaximumFrameBytes)]
    public void Write_OfAFrame_IsWhatGeneratedCodeReads(int length)
    {
        var frame = PacketSamples.Bytes(length).ToByteArray();
        var packet = OutgoingPacket.Frame(frame);
        Assert.Equal(frame, Packet.Parser.ParseFrom(packet.Memory.Span).Frame.ToByteArray());
        packet.Release();
    }

    [Theory]
    [InlineData(0, "b")]
    [InlineData(80, "b")]
    [InlineData(100, "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData(CarrierLimits.MaximumFrameBytes, "0123456789012345678901234567890123456789012345678901234567890123")]
    public void Write_OfASealedFrame_IsWhatGeneratedCodeReadsAndNeverTooLong(int length, string peer)
    {
        var packet = OutgoingPacket.Relay(new PartyId(peer), SealedView.FieldBytes(length), out var content);
        var head = SealedView.WriteHead(content, 12, 34, length);
        var ciphertext = PacketSamples.Bytes(length + SealedView.TagBytes).ToByteArray();
        Assert.Equal(content.Length, head + ciphertext.Length);
        ciphertext.CopyTo(content[head..]);
        Assert.InRange(packet.Memory.Length, 1, PacketLimits.PacketBytes);
        var relay = Packet.Parser.ParseFrom(packet.Memory.Span).Relay;
        Assert.Equal((peer, 12UL, 34UL), (relay.Peer, relay.Sealed.Session, relay.Sealed.Counter));
        Assert.Equal(ciphertext, relay.Sealed.Ciphertext.ToByteArray());
        Assert.Equal(ciphertext, SealedView.Read(RelayView.Read(PacketView.Read(packet.Memory.ToArray()).Body).Body).Ciphertext.ToArray());
        packet.Release();
    }

    [Theory]
    [InlineData("b", "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", "b")]
    public void Readdressed_Relay_HasTheOtherNameAndTheSameContent(string to, string from)
    {
        foreach (var length in (int[])[16, 90, 200, 16_300, 16_384, 200_000])
        {
            var relay = new Relay { Peer = to, Sealed = new Sealed { Session = 1, Ciphertext = PacketSamples.Bytes(length) } };
            var bytes = new Packet { Relay = relay }.ToByteArray();
            var buffer = ArrayPool<byte>.Shared.Rent(PacketLimits.RelayHeaderBytes + bytes.Length);
            bytes.CopyTo(buffer, PacketLimits.RelayHeaderBytes);
            var view = RelayView.Read(PacketView.Read(buffer.AsMemory(PacketLimits.RelayHeaderBytes, bytes.Length)).Body);
            var onward = OutgoingPacket.Readdressed(buffer, PacketLimits.RelayHeaderBytes + bytes.Length - view.Field.Length, view.Field.Length, new PartyId(from));
            relay.Peer = from;
            Assert.Equal(relay, Packet.Parser.ParseFrom(onward.Memory.Span).Relay);
            onward.Release();
        }
    }

    [Theory]
    [InlineData("", "ends")]
    [InlineData("1A", "ends")]                           // no length
    [InlineData("1A05AABB", "5 bytes announced")]        // cut short
    [InlineData("1A02AABBCC", "after a packet's end")]
    [InlineData("1A01AA1A01AA", "after a packet's end")] // two bodies
    [InlineData("4201AA", "kind 8")]                     // unknown
    [InlineData("18AA", "wire type 0")]
    [InlineData("1AFFFFFFFF0F", "at most")]              // four gigabytes
    [InlineData("1AFFFFFFFFFF01", "more than")]
    [InlineData("1A818080808000", "more than five")]     // an endless length
    public void Read_OfGarbage_IsRefused(string hex, string says)
    {
        var refusal = Assert.Throws<MalformedPacketException>(() => PacketView.Read(Convert.FromHexString(hex)));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1200", "Field 2")]             // no name
    [InlineData("0A001200", "party's name")]    // an empty one
    [InlineData("0A01411200", "party's name")]  // 'A'
    [InlineData("0A01C31200", "party's name")]  // no text
    [InlineData("0A01621A", "ends")]
    [InlineData("0A0162", "ends")]              // no content
    [InlineData("0A01623A00", "kind 7")]
    [InlineData("0A01622A002A00", "after a relayed")]
    public void Read_OfAGarbageRelay_IsRefused(string hex, string says)
    {
        var refusal = Assert.Throws<MalformedPacketException>(() => RelayView.Read(Convert.FromHexString(hex)));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfAMessageWithSomethingUnknown_IsRefusedWithinAVersionOnly()
    {
        byte[] body = [.. PacketSamples.All["want"].Want.ToByteArray(), 0x7A, 0x01, 0x00];
        Assert.Throws<MalformedPacketException>(() => ControlMessages.Parse(Want.Parser, body));
        byte[] hello = [.. PacketSamples.All["hello"].Hello.ToByteArray(), 0x7A, 0x01, 0x00];
        Assert.Equal(1U, ControlMessages.ParseLoosely(Hello.Parser, hello).Version);
    }

    private static IMessage Body(Packet packet) => packet.BodyCase switch
    {
        Packet.BodyOneofCase.Hello => packet.Hello,
        Packet.BodyOneofCase.Welcome => packet.Welcome,
        Packet.BodyOneofCase.Relay => packet.Relay,
        Packet.BodyOneofCase.Want => packet.Want,
        Packet.BodyOneofCase.Presence => packet.Presence,
        _ => packet.Refusal,
    };
}
