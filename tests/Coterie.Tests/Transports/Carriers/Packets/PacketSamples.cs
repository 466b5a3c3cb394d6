using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.Packets;

/// <summary>A valid packet of each kind, as the generated code writes it.</summary>
internal static class PacketSamples
{
    public static IReadOnlyDictionary<string, Packet> All { get; } = new Dictionary<string, Packet>
    {
        ["hello"] = new() { Hello = new Hello { Version = 1, UnixMilliseconds = 1_795_257_600_000, Standby = true } },
        ["welcome"] = new() { Welcome = new Welcome { Version = 1, UnixMilliseconds = 1_795_257_600_000 } },
        ["frame"] = new() { Frame = Bytes(300) },
        ["frame-empty"] = new() { Frame = ByteString.Empty },
        ["want"] = new() { Want = new Want { Peer = "hospital-b" } },
        ["presence"] = new() { Presence = new Presence { Peer = "hospital-b", Up = true } },
        ["refusal"] = new() { Refusal = new Refusal { Reason = Refusal.Types.Reason.Clock, Text = "The clocks differ." } },
        ["offer"] = new() { Relay = new Relay { Peer = "b", Offer = new SessionOffer { Ephemeral = Bytes(65), Nonce = Bytes(32), Certificate = Bytes(500) } } },
        ["answer"] = new()
        {
            Relay = new Relay { Peer = "b", Answer = new SessionAnswer { Session = Bytes(32), Ephemeral = Bytes(65), Nonce = Bytes(32), Certificate = Bytes(500), Signature = Bytes(64), Proof = Bytes(32) } },
        },
        ["confirm"] = new() { Relay = new Relay { Peer = "b", Confirm = new SessionConfirm { Session = Bytes(32), Signature = Bytes(64), Proof = Bytes(32) } } },
        ["request"] = new() { Relay = new Relay { Peer = "b", Request = new SessionRequest() } },
        ["sealed"] = new() { Relay = new Relay { Peer = "b", Sealed = new Sealed { Session = 0x0123456789ABCDEF, Counter = 7, Ciphertext = Bytes(116) } } },
    };

    public static PacketKind KindOf(Packet packet) => (PacketKind)(int)packet.BodyCase;

    public static ByteString Bytes(int count) => ByteString.CopyFrom([.. Enumerable.Range(0, count).Select(i => (byte)(i * 37 % 251))]);
}
