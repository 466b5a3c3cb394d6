using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;

namespace Coterie.Tests.Transports.Carriers.Sessions;

/// <summary>What a relay, or another party, can try on a session: nothing altered or repeated is ever opened, nobody passes for another.</summary>
public sealed class SessionAttackTests(SessionParties parties) : IClassFixture<SessionParties>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private SessionPair Pair() => new(parties.A, parties.B);

    [Fact]
    public void Frame_WithAnyBitFlipped_IsNotOpenedAndASessionFollows()
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello));
        var length = pair.Take().Body.Length;
        pair.Restart(0);
        pair.Present(0);
        pair.DeliverAll();
        for (var position = 0; position < length; position++)
        {
            Assert.True(pair.Send(0, Hello));
            var (to, kind, body) = pair.Take();
            body[position] ^= 0x10;
            try
            {
                pair.Deliver(new Transit(to, kind, body));
            }
            catch (MalformedPacketException)
            {
                // As good as lost: no packet at all.
            }
            Assert.Empty(pair.Opened[1]);
            pair.Send(0, Hello);   // a session that lost a frame must not go on
            pair.DeliverAll();
            pair.Pass(TimeSpan.FromSeconds(9));
            pair.DeliverAll();
            Assert.True(pair.BothUp, $"byte {position}");
            Assert.Empty(pair.Opened[1]);
        }
        Assert.True(pair.Send(0, Hello));
        pair.DeliverAll();
        Assert.Single(pair.Opened[1]);
    }

    [Fact]
    public void Frame_Repeated_IsOpenedOnce()
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello));
        var frame = pair.Take();
        pair.Deliver(frame);
        pair.Deliver(frame);
        Assert.Single(pair.Opened[1]);
        Assert.Equal(1, pair.Downs[1]);
    }

    [Fact]
    public void Frame_Omitted_EndsTheSessionAtTheNext()
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello) && pair.Send(0, Hello));
        pair.Take();
        pair.Deliver(pair.Take());
        Assert.Empty(pair.Opened[1]);
        Assert.Equal(1, pair.Downs[1]);
        pair.DeliverAll();
        Assert.True(pair.BothUp);
        Assert.Equal([2, 2], pair.Ups);
    }

    [Fact]
    public void Frame_SentBackToItsSender_IsNotOpened()
    {
        var pair = Pair().Agree();
        Assert.True(pair.Send(0, Hello));
        pair.Deliver(pair.Take() with { To = 0 });
        Assert.Empty(pair.Opened[0]);
        Assert.Equal(1, pair.Downs[0]);
    }

    [Fact]
    public void Frame_OfAnotherPairsSession_IsNotOpened()
    {
        var (pair, other) = (Pair().Agree(), new SessionPair(parties.A, parties.C).Agree());
        Assert.True(other.Send(0, Hello));
        var foreign = SealedView.Read(other.Take().Body);
        Assert.True(pair.Send(0, Hello));
        var own = SealedView.Read(pair.Take().Body);
        // Under the label of the right session, with the ciphertext of the other.
        var field = new byte[SealedView.FieldBytes(Hello.Length)];
        var head = SealedView.WriteHead(field, own.Session, own.Counter, Hello.Length);
        foreign.Ciphertext.Span.CopyTo(field.AsSpan(head));
        pair.Deliver(new Transit(1, RelayKind.Sealed, field[^(field.Length - 2)..]));   // without tag and length of the field
        Assert.Empty(pair.Opened[1]);
    }

    [Theory]
    [InlineData((int)RelayKind.Offer)]
    [InlineData((int)RelayKind.Answer)]
    [InlineData((int)RelayKind.Confirm)]
    public void Exchange_WithAnyByteAltered_NeverAgreesOnIt(int kindNumber)
    {
        var altered = (RelayKind)kindNumber;
        var probe = Pair();
        probe.Present(0);
        while (probe.Wire[0].Kind != altered) probe.Deliver(probe.Take());
        var length = probe.Take().Body.Length;
        // Every byte would sign thousands of times: a part in every field is altered, a different one each time.
        for (var position = 0; position < length; position += 1 + (length / 60))
        {
            var pair = Pair();
            pair.Present(0);
            while (pair.Wire[0].Kind != altered) pair.Deliver(pair.Take());
            var (to, kind, body) = pair.Take();
            body[position] ^= 0x01;
            try
            {
                pair.Deliver(new Transit(to, kind, body));
            }
            catch (MalformedPacketException)
            {
                // No message at all.
            }
            pair.DeliverAll();
            Assert.False(pair.BothUp, $"byte {position}");
            pair.Pass(TimeSpan.FromSeconds(2));
            pair.DeliverAll();
            Assert.True(pair.BothUp, $"byte {position}: the exchange is not repeated");
        }
    }

    [Fact]
    public void Messages_OfAnEarlierExchange_DoNotTouchTheSession()
    {
        var pair = Pair();
        var recorded = new List<Transit>();
        pair.Present(0);
        while (pair.Wire.Count > 0)
        {
            recorded.Add(pair.Wire[0]);
            pair.Deliver(pair.Take());
        }
        pair.Restart(0);
        pair.Restart(1);
        pair.Agree();
        var (ups, downs) = (pair.Ups.ToArray(), pair.Downs.ToArray());
        foreach (var old in recorded.Concat(Enumerable.Reverse(recorded)))
        {
            pair.Deliver(old);
            pair.Wire.Clear();
            Assert.True(pair.BothUp);
        }
        Assert.Equal(ups, pair.Ups);
        Assert.Equal(downs, pair.Downs);
        Assert.True(pair.Send(0, Hello) && pair.Send(1, Hello));
        pair.DeliverAll();
        Assert.Equal((1, 1), (pair.Opened[0].Count, pair.Opened[1].Count));
    }

    [Fact]
    public void Impostor_OfAnotherConsortium_IsRefused()
    {
        var pair = new SessionPair(parties.A, parties.StrangerB);
        pair.Present(0);
        pair.Present(1);
        pair.DeliverAll();
        Assert.False(pair.Ends[0].IsUp || pair.Ends[1].IsUp);
        Assert.Contains(pair.Problems, p => p.Contains("not accepted", StringComparison.Ordinal));
    }

    [Fact]
    public void Impostor_WithItsOwnCertificate_IsRefused()
    {
        // c answers a's offer to b: its certificate is good, its name is another.
        var a = new SessionExchange(parties.A, parties.B.Name);
        using var key = new EphemeralKey();
        var (answer, _) = new SessionExchange(parties.C, parties.A.Name).Answer(a.Offer(key));
        var refusal = Assert.Throws<SessionException>(() => a.Confirm(key, answer));
        Assert.Contains("in the name of b", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_MeantForAnother_IsRefused()
    {
        // b answers c; a relay shows that answer to a.
        using var key = new EphemeralKey();
        var offer = new SessionExchange(parties.C, parties.B.Name).Offer(key);
        var (answer, _) = new SessionExchange(parties.B, parties.C.Name).Answer(offer);
        var refusal = Assert.Throws<SessionException>(() => new SessionExchange(parties.A, parties.B.Name).Confirm(key, answer));
        Assert.Contains("another offer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Offerer_ThatIsACoordinator_IsRefused()
    {
        using var key = new EphemeralKey();
        var offer = new SessionExchange(parties.Coordinator, parties.C.Name).Offer(key);
        Assert.Throws<SessionException>(() => new SessionExchange(parties.C, parties.Coordinator.Name).Answer(offer));
    }

    [Fact]
    public void Answer_OverASessionItselfButAnotherName_IsNotSignedForIt()
    {
        var statement = SessionSide.Statement(new byte[32], asOfferer: true, parties.A.Name, parties.B.Name);
        Assert.NotEqual(statement, SessionSide.Statement(new byte[32], asOfferer: false, parties.A.Name, parties.B.Name));
        Assert.NotEqual(statement, SessionSide.Statement(new byte[32], asOfferer: true, parties.B.Name, parties.A.Name));
        Assert.NotEqual(statement, SessionSide.Statement([1, .. new byte[31]], asOfferer: true, parties.A.Name, parties.B.Name));
    }

    [Fact]
    public async Task Peer_RevokedMeanwhile_GetsNoNewSession()
    {
        using var consortium = new TestConsortium();
        var (a, b) = (await consortium.JoinAsync("a"), await consortium.JoinAsync("b"));
        var pair = new SessionPair(a, b).Agree();
        await consortium.RevokeAsync("b", a);
        pair.Restart(0);
        pair.Present(0);
        pair.DeliverAll();
        Assert.False(pair.Ends[0].IsUp);
        Assert.Contains(pair.Problems, p => p.Contains("revoked", StringComparison.Ordinal));
    }
}
