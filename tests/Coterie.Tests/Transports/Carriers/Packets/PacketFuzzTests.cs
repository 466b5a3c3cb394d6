using Coterie.Core.Randomness;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;
using Coterie.Testing;
using Coterie.Tests.Transports.Carriers.Sessions;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.Packets;

/// <summary>Mutations of valid packets, always the same ones: only the declared exception, and never much memory.</summary>
public sealed class PacketFuzzTests(SessionParties parties) : IClassFixture<SessionParties>
{
    private const int Mutations = 200_000;

    /// <summary>Memory that one packet may cost: control packets have 8 KiB at most; what is parsed of them, an exception and its trace are some times that.</summary>
    private const long BytesPerPacket = 64 << 10;

    private static readonly string Corpus = Path.Combine(References.Repository, "tests", "Coterie.Tests", "Transports", "Corpus", "packets.txt");

    private static Dictionary<string, byte[]> Stored => File.ReadLines(Corpus).Where(l => !l.StartsWith('#')).Select(l => l.Split(' ')).ToDictionary(p => p[0], p => Convert.FromHexString(p[1]));

    /// <summary>The stored corpus is the format: if this fails, parties of different builds no longer understand each other, and the version must rise.</summary>
    [Fact]
    public void Corpus_IsWhatIsWrittenToday() =>
        Assert.Equal(PacketSamples.All.ToDictionary(s => s.Key, s => Convert.ToHexString(s.Value.ToByteArray())), Stored.ToDictionary(s => s.Key, s => Convert.ToHexString(s.Value)));

    [Fact]
    public void Read_OfMutatedPackets_ThrowsNothingElseAndAllocatesLittle()
    {
        byte[][] corpus = [.. Stored.Values];
        var random = new SeededRandom(12);
        var (refused, accepted, most) = (0, 0, 0L);
        foreach (var sample in corpus) Consume(sample);   // whatever is allocated once
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(corpus, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Consume(mutated);
                accepted++;
            }
            catch (MalformedPacketException)
            {
                refused++;
            }
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(most, 1, BytesPerPacket);
        Assert.True(refused > Mutations / 10 && accepted > Mutations / 50, $"{refused} refused, {accepted} accepted: the mutations are too coarse or too fine to find anything.");
    }

    [Fact]
    public void Receive_OfMutatedExchanges_ThrowsNothingElseAndNeverAgrees()
    {
        var random = new SeededRandom(13);
        var recorded = new List<Transit>();
        var pair = new SessionPair(parties.A, parties.B, new SessionTimings { Burst = 1 << 20 });
        pair.Present(0);
        while (pair.Wire.Count > 0)
        {
            recorded.Add(pair.Wire[0]);
            pair.Deliver(pair.Take());
        }
        Assert.True(pair.Send(0, new byte[40]));
        recorded.Add(pair.Take());
        byte[][] corpus = [.. recorded.Select(r => r.Body)];
        for (var i = 0; i < 4_000; i++)
        {
            if (i % 50 == 0)
            {
                // In every state: nothing, an offer out, a session.
                pair = new SessionPair(parties.A, parties.B, pair.Timings);
                if (i % 100 == 0) pair.Present(0);
                if (i % 200 == 0) pair.Agree();
                pair.Wire.Clear();
            }
            var ups = pair.Ups.Sum();
            try
            {
                pair.Deliver(new Transit(random.NextInt32(2), (RelayKind)(2 + random.NextInt32(5)), Mutate(corpus, random)));
            }
            catch (MalformedPacketException)
            {
                // The declared one.
            }
            Assert.Equal(ups, pair.Ups.Sum());
            Assert.Empty(pair.Opened[0].Concat(pair.Opened[1]));
            pair.Wire.Clear();
        }
    }

    private static void Consume(byte[] bytes)
    {
        var view = PacketView.Read(bytes);
        switch (view.Kind)
        {
            case PacketKind.Hello: ControlMessages.ParseLoosely(Hello.Parser, view.Body); break;
            case PacketKind.Welcome: ControlMessages.ParseLoosely(Welcome.Parser, view.Body); break;
            case PacketKind.Want: RelayView.Name(ControlMessages.Parse(Want.Parser, view.Body).Peer); break;
            case PacketKind.Presence: RelayView.Name(ControlMessages.Parse(Presence.Parser, view.Body).Peer); break;
            case PacketKind.Refusal: ControlMessages.ParseLoosely(Refusal.Parser, view.Body); break;
            case PacketKind.Relay: Consume(RelayView.Read(view.Body)); break;
        }
    }

    private static void Consume(RelayView relay)
    {
        switch (relay.Kind)
        {
            case RelayKind.Offer: ControlMessages.Parse(SessionOffer.Parser, relay.Body); break;
            case RelayKind.Answer: ControlMessages.Parse(SessionAnswer.Parser, relay.Body); break;
            case RelayKind.Confirm: ControlMessages.Parse(SessionConfirm.Parser, relay.Body); break;
            case RelayKind.Request: ControlMessages.Parse(SessionRequest.Parser, relay.Body); break;
            case RelayKind.Sealed: SealedView.Read(relay.Body); break;
        }
    }

    private static byte[] Mutate(byte[][] corpus, SeededRandom random)
    {
        byte[] bytes = [.. corpus[random.NextInt32(corpus.Length)]];
        for (var times = 1 + random.NextInt32(3); times > 0; times--)
        {
            // Headers are short and matter most: half of the changes are within the first bytes.
            var at = bytes.Length == 0 ? 0 : random.NextInt32(random.NextInt32(2) == 0 ? Math.Min(bytes.Length, 12) : bytes.Length);
            switch (random.NextInt32(6))
            {
                case 0 when bytes.Length > 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                case 1 when bytes.Length > 0: bytes[at] = ((byte[])[0x00, 0x7F, 0x80, 0xFF, 0x0A, 0x12])[random.NextInt32(6)]; break;
                case 2: bytes = bytes[..at]; break;
                case 3: bytes = [.. bytes[..at], (byte)random.NextInt32(256), .. bytes[at..]]; break;
                case 4: bytes = [.. bytes[..at], .. bytes[(at / 2)..]]; break;
                default:
                    var other = corpus[random.NextInt32(corpus.Length)];
                    bytes = [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
                    break;
            }
        }
        return bytes;
    }
}
