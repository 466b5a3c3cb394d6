using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.Sessions;

public sealed class PeerSessionTests(SessionParties parties) : IClassFixture<SessionParties>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();
    private static readonly byte[] World = "world"u8.ToArray();

    private SessionPair Pair(SessionTimings? timings = null) => new(parties.A, parties.B, timings);

    [Fact]
    public void Exchange_OfTwoPresentParties_TakesThreeMessages()
    {
        var pair = Pair();
        pair.Present(0);
        Assert.Equal([RelayKind.Offer], pair.Wire.Select(t => t.Kind));
        pair.Deliver(pair.Take());
        Assert.Equal([RelayKind.Answer], pair.Wire.Select(t => t.Kind));
        pair.Deliver(pair.Take());
        Assert.Equal([RelayKind.Confirm], pair.Wire.Select(t => t.Kind));
        Assert.False(pair.Ends[1].IsUp);   // the answerer has no proof yet
        pair.Deliver(pair.Take());
        Assert.True(pair.BothUp);
        Assert.Equal((new PartyId("b"), PartyRole.Helper), (pair.Peers[0]!.Id, pair.Peers[0]!.Role));
        Assert.Equal(parties.A.Signer.PublicKey.ToArray(), pair.Peers[1]!.IdentityKey.ToArray());
    }

    [Fact]
    public void Exchange_WantedByTheSecondOnly_ComesAboutByRequest()
    {
        var pair = Pair();
        pair.Present(1);
        Assert.Equal(RelayKind.Request, pair.Wire.Single().Kind);
        pair.DeliverAll();
        Assert.True(pair.BothUp);
    }

    /// <summary>One end confirmed what the other never heard of: both believe that they are connected, so nobody else will notice.</summary>
    [Fact]
    public void Exchange_ConfirmAndOneRequestLost_ComesAboutAllTheSame()
    {
        var pair = Pair().Agree();
        pair.Pass(TimeSpan.FromMinutes(1));
        // A new session, whose confirmation gets lost and whose answer is repeated in vain.
        pair.Apply(0, pair.Ends[0].Receive(RelayKind.Request, new Coterie.Federation.Protos.SessionRequest { Ended = SealedLabel(pair) }.ToByteArray()));
        pair.Deliver(pair.Take());
        pair.Deliver(pair.Take());
        for (var i = 0; i < 60; i++)
        {
            pair.Wire.Clear();
            pair.Pass(TimeSpan.FromSeconds(1));
        }
        Assert.True(pair.BothUp);
        // The first request for another session is lost as well.
        Assert.True(pair.Send(0, Hello));
        pair.Deliver(pair.Take());
        pair.Wire.Clear();
        for (var i = 0; i < 60; i++)
        {
            pair.Send(0, Hello);
            pair.Send(1, World);
            pair.DeliverAll();
            pair.Pass(TimeSpan.FromSeconds(1));
            pair.DeliverAll();
        }
        Assert.NotEmpty(pair.Opened[1]);
    }

    /// <summary>As before, but the end that confirmed has nothing to say: what the other one says must tell it.</summary>
    [Fact]
    public void Exchange_ConfirmLostAndOnlyTheAnswererSpeaks_ComesAboutAllTheSame()
    {
        var pair = Pair().Agree();
        pair.Pass(TimeSpan.FromMinutes(1));
        pair.Apply(0, pair.Ends[0].Receive(RelayKind.Request, new Coterie.Federation.Protos.SessionRequest { Ended = SealedLabel(pair) }.ToByteArray()));
        pair.Deliver(pair.Take());
        pair.Deliver(pair.Take());
        for (var i = 0; i < 60; i++)
        {
            pair.Wire.Clear();
            pair.Pass(TimeSpan.FromSeconds(1));
        }
        for (var i = 0; i < 3; i++)
        {
            pair.Send(1, World);
            pair.DeliverAll();
            pair.Pass(TimeSpan.FromSeconds(1));
            pair.DeliverAll();
        }
        Assert.NotEmpty(pair.Opened[0]);
    }

    private static ulong SealedLabel(SessionPair pair)
    {
        Assert.True(pair.Send(0, Hello));
        var sealedFrame = pair.Take();
        pair.Deliver(sealedFrame);
        pair.Opened[1].Clear();
        return SealedView.Read(sealedFrame.Body.ToArray()).Session;
    }

    [Fact]
    public void Frames_InBothDirections_OpenInOrder()
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello) && pair.Send(1, World) && pair.Send(0, World) && pair.Send(0, []));
        pair.DeliverAll();
        Assert.Equal([Hello, World, []], pair.Opened[1]);
        Assert.Equal([World], pair.Opened[0]);
    }

    [Fact]
    public void Sealed_Frames_DifferInEveryByteFromEachOther()
    {
        var pair = Pair().Agree();
        var frame = new byte[200];
        for (var i = 0; i < 2; i++) Assert.True(pair.Send(0, frame) && pair.Send(1, frame));
        var texts = pair.Wire.Select(t => Convert.ToHexString(SealedView.Read(t.Body).Ciphertext.Span)).ToArray();
        Assert.Equal(4, texts.Distinct().Count());
        Assert.DoesNotContain(texts, t => t.Contains("0000000000", StringComparison.Ordinal));
    }

    [Fact]
    public void TrySend_WithoutSession_SaysNo()
    {
        var pair = Pair();
        Assert.False(pair.Send(0, Hello));
        pair.Present(0);
        Assert.False(pair.Send(0, Hello));
        pair.DeliverAll();
        Assert.True(pair.Send(0, Hello));
        pair.Present(0, up: false);
        Assert.False(pair.Send(0, Hello));
        Assert.Equal(1, pair.Downs[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void LostMessage_OfAnExchange_IsSentAgain(int lost)
    {
        var pair = Pair();
        pair.Present(0);
        pair.Present(1);
        pair.Wire.RemoveAll(t => t.Kind == RelayKind.Request);
        for (var i = 0; i < lost; i++) pair.Deliver(pair.Take());
        pair.Take();
        Assert.False(pair.BothUp);
        pair.Pass(TimeSpan.FromSeconds(1));
        pair.DeliverAll();
        Assert.True(pair.BothUp);
        Assert.True(pair.Send(0, Hello) && pair.Send(1, World));
        pair.DeliverAll();
        Assert.Equal(Hello, pair.Opened[1].Single());
        Assert.Equal(World, pair.Opened[0].Single());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Restart_OfEitherEnd_EndsInOneFreshSession(int restarted)
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello));
        var old = pair.Take();
        pair.Restart(restarted);
        pair.Deliver(old);   // of the session before
        pair.Present(restarted);
        pair.DeliverAll();
        Assert.True(pair.BothUp);
        Assert.Equal([2, 2], pair.Ups);
        if (restarted == 0) pair.Opened[1].Clear();   // nothing wrong with it there
        Assert.Empty(pair.Opened[1]);
        Assert.True(pair.Send(0, World));
        pair.DeliverAll();
        Assert.Equal([World], pair.Opened[1]);
        Assert.Equal([2, 2], pair.Ups);
    }

    [Fact]
    public void Presence_GoneAndBack_MakesAFreshSession()
    {
        var pair = Pair().Agree();
        for (var end = 0; end < 2; end++) pair.Present(end, up: false);
        Assert.Equal([1, 1], pair.Downs);
        pair.Present(1);
        pair.Present(0);
        pair.DeliverAll();
        Assert.Equal([2, 2], pair.Ups);
    }

    /// <summary>Both ends restart and messages are lost, repeated and overtake each other, at random; when that ends there is one working session.</summary>
    [Fact]
    public void Exchange_WithLossesRestartsAndRepetitions_Converges()
    {
        var random = new SeededRandom(20261121);
        for (var trial = 0; trial < 60; trial++)
        {
            var pair = Pair();
            pair.Present(0);
            pair.Present(1);
            for (var step = 0; step < 40; step++)
            {
                switch (random.NextInt32(10))
                {
                    case 0: pair.Restart(0); pair.Present(0); break;
                    case 1: pair.Restart(1); pair.Present(1); break;
                    case 2 when pair.Wire.Count > 0: pair.Take(); break;
                    case 3 when pair.Wire.Count > 0: pair.Deliver(pair.Wire[0]); break;
                    case 4 when pair.Wire.Count > 1: pair.Wire.Reverse(); break;
                    case 5: pair.Send(random.NextInt32(2), Hello); break;
                    case 6: pair.Pass(TimeSpan.FromMilliseconds(700)); break;
                    default: if (pair.Wire.Count > 0) pair.Deliver(pair.Take()); break;
                }
            }
            pair.DeliverAll();
            foreach (var opened in pair.Opened) opened.Clear();
            for (var again = 0; again < 30; again++)
            {
                pair.Pass(TimeSpan.FromSeconds(8));
                pair.Send(0, Hello);
                pair.Send(1, World);
                pair.DeliverAll();
            }
            Assert.True(pair.BothUp, $"trial {trial}");
            Assert.Equal(Hello, pair.Opened[1].Last());
            Assert.Equal(World, pair.Opened[0].Last());
            Assert.InRange(pair.Opened[1].Count, 20, 30);   // settled soon, and stayed so
            Assert.InRange(pair.Opened[0].Count, 20, 30);
        }
    }

    [Fact]
    public void Frames_NearTheirLimit_AreCarriedOnByAFreshSession()
    {
        var pair = Pair(new SessionTimings { FramesPerSession = 8, Burst = 1_000 }).Agree();
        var sent = 0;
        for (var i = 0; i < 100; i++)
        {
            if (pair.Send(0, Hello)) sent++;
            pair.DeliverAll();
            pair.Pass(TimeSpan.FromMilliseconds(200));
            pair.DeliverAll();
        }
        Assert.InRange(pair.Ups[0], 7, 15);
        Assert.Equal(sent, pair.Opened[1].Count);
        Assert.Equal(pair.Ups[0], pair.Ups[1]);
    }

    [Fact]
    public void Frames_BeyondTwiceTheirLimit_AreRefused()
    {
        var pair = Pair(new SessionTimings { FramesPerSession = 8 }).Agree();
        for (var i = 0; i < 16; i++) Assert.True(pair.Send(0, Hello));
        Assert.False(pair.Send(0, Hello));
    }

    [Fact]
    public void Offers_InMasses_AreTakenPartInByAllowanceOnly()
    {
        var pair = Pair(new SessionTimings { Burst = 4 });
        pair.Present(1);
        pair.Wire.Clear();
        for (var i = 0; i < 50; i++)
        {
            using var key = new EphemeralKey();
            pair.Deliver(new Transit(1, RelayKind.Offer, Bytes(new SessionExchange(parties.A, parties.B.Name).Offer(key))));
        }
        Assert.Equal(4, pair.Wire.Count);
    }

    private static byte[] Bytes(Google.Protobuf.IMessage message) => Google.Protobuf.MessageExtensions.ToByteArray(message);
}
