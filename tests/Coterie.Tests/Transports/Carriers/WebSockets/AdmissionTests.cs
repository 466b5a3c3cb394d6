using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Tests.Transports.Carriers.WebSockets;

/// <summary>Who is let in, by a real server.</summary>
public sealed class AdmissionTests
{
    private static readonly PartyId A = TestNetwork.A;

    [Fact]
    public async Task Connect_WithoutCertificate_IsRefusedBeforeAnythingElse()
    {
        await using var network = await TestNetwork.StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedConnection>(() => RawLink.ConnectAsync(network.Address, null));
        Assert.Equal(403, refused.Status);
        Assert.StartsWith("Authority No client certificate", refused.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WithTls12_FailsInTheHandshake()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        var refused = await Assert.ThrowsAsync<RefusedConnection>(() => RawLink.ConnectAsync(network.Address, identity.Certificate, SslProtocols.Tls12));
        Assert.Equal(0, refused.Status);
        Assert.IsType<AuthenticationException>(refused.GetBaseException() is { } e && e is AuthenticationException ? e : refused.InnerException!.InnerException!.InnerException);
        Assert.Empty(network.Hub.Receiver.Parties);
    }

    [Fact]
    public async Task Connect_OfAnotherConsortium_IsRefusedByBothSides()
    {
        await using var network = await TestNetwork.StartAsync();
        using var other = new TestConsortium();
        var stranger = await other.JoinAsync("a");
        // The server's own judgement, with a client that would take any server.
        var refused = await Assert.ThrowsAsync<RefusedConnection>(() => RawLink.ConnectAsync(network.Address, stranger.Certificate));
        Assert.StartsWith("Authority ", refused.Refusal, StringComparison.Ordinal);
        // The client's own, which does not end it.
        await AssertKeepsTryingAsync(network, stranger, TestNetwork.Coordinator, "is not accepted");
    }

    [Fact]
    public async Task Connect_WithAnExpiredCertificate_IsRefusedForGood()
    {
        await using var network = await TestNetwork.StartAsync();
        await network.Consortium.JoinAsync("a");
        // Everybody's certificates are of today: the coordinator lives two years later, by an authority that lasts.
        await using var later = await NetworkAtAsync(network.Consortium, TimeSpan.FromDays(500));
        var refused = await Assert.ThrowsAsync<RefusedConnection>(() => RawLink.ConnectAsync(Address(later), network.Consortium.Open("a").Certificate));
        Assert.StartsWith("Expired ", refused.Refusal, StringComparison.Ordinal);
        await using var client = new LinkClient(Address(later), network.Consortium.Open("a"), null, TestNetwork.Options);
        var final = await Assert.ThrowsAsync<CarrierRefusedException>(() => client.RunAsync(new RecordingReceiver(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("expired", final.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WithARevokedCertificate_IsRefusedForGood()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        await network.Consortium.RevokeAsync("a", network.CoordinatorIdentity);
        await AssertRefusedAsync(network, identity, "revoked");
    }

    [Fact]
    public async Task Recheck_AfterARevocation_CutsThePartyOffAndNobodyElse()
    {
        await using var network = await TestNetwork.StartAsync();
        var (a, b) = await network.PairAsync();
        await network.Consortium.RevokeAsync("a", network.CoordinatorIdentity);
        Assert.True(network.Hub.Receiver.IsUp(A));   // the list alone changes nothing for who is in
        network.Server.Recheck();
        await network.Hub.Receiver.DownAsync(A);
        await b.Receiver.DownAsync(A);
        var final = await Assert.ThrowsAsync<CarrierRefusedException>(() => a.Running.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("revoked", final.Message, StringComparison.Ordinal);
        Assert.True(network.Hub.Receiver.IsUp(TestNetwork.B));
        Assert.True(await b.SendAsync(TestNetwork.Coordinator, [1]));
    }

    [Fact]
    public async Task Recheck_OfAClient_EndsSessionsWithWhoIsRevoked()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        var (a, b) = (network.Connect(identity), await network.JoinAsync(TestNetwork.B));
        a.Carrier.Expect(TestNetwork.B);
        await a.Receiver.UpAsync(TestNetwork.B);
        await network.Consortium.RevokeAsync("b", identity);
        ((LinkClient)a.Carrier).Recheck();
        await a.Receiver.UpAsync(TestNetwork.Coordinator, 2);
        await b.Receiver.UntilAsync(() => !b.Receiver.IsUp(A), "a is gone for b");
        Assert.False(a.Receiver.IsUp(TestNetwork.B));
        Assert.False(await a.SendAsync(TestNetwork.B, [1]));
    }

    [Fact]
    public async Task Connect_AsACoordinator_IsRefused()
    {
        await using var network = await TestNetwork.StartAsync();
        var second = await network.Consortium.JoinAsync("second", PartyRole.Coordinator);
        var refused = await Assert.ThrowsAsync<RefusedConnection>(() => RawLink.ConnectAsync(network.Address, second.Certificate));
        Assert.StartsWith("Role ", refused.Refusal, StringComparison.Ordinal);
        Assert.Throws<IdentityException>(() => new LinkClient(network.Address, second, null, TestNetwork.Options));
    }

    [Fact]
    public async Task Listen_AsAParticipant_IsTheCallersMistake()
    {
        using var consortium = new TestConsortium();
        var a = await consortium.JoinAsync("a");
        await Assert.ThrowsAsync<IdentityException>(() => RelayServer.ListenAsync(new(System.Net.IPAddress.Loopback, 0), a, TestNetwork.Options, null, CancellationToken.None));
    }

    /// <summary>Whoever can answer once at the coordinator's address, and has no certificate of the consortium, must not end a participant's process for good.</summary>
    [Fact]
    public async Task Client_AnsweredByAStranger_KeepsTrying()
    {
        await using var stranger = await TestNetwork.StartAsync();
        using var consortium = new TestConsortium();
        await using var client = new LinkClient(stranger.Address, await consortium.JoinAsync("a"), null, TestNetwork.Options);
        using var stop = new CancellationTokenSource();
        var running = client.RunAsync(new RecordingReceiver(), stop.Token);
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(3)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Connect_ToACoordinatorOfAnotherName_IsNoConnectionAndTriedAgain()
    {
        await using var network = await TestNetwork.StartAsync();
        await AssertKeepsTryingAsync(network, await network.Consortium.JoinAsync("a"), new PartyId("hospital"), "hospital is expected");
    }

    [Fact]
    public async Task Connect_WithAnotherVersion_IsRefusedForGoodAndSaysBoth()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        await using var client = new LinkClient(network.Address, identity, null, TestNetwork.Options with { Version = 2 });
        var final = await Assert.ThrowsAsync<CarrierRefusedException>(() => client.RunAsync(new RecordingReceiver(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("Version 2", final.Message, StringComparison.Ordinal);
        Assert.Contains("version 1", final.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task Connect_WithAClockThatIsOff_IsRefusedWithBothTimes(int minutes)
    {
        await using var network = await TestNetwork.StartAsync();
        using var link = await RawLink.ConnectAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        await link.SendAsync(RawLink.Hello(skew: TimeSpan.FromMinutes(minutes)));
        var refusal = await link.RefusalAsync();
        Assert.Equal(Reason.Clock, refusal.Reason);
        Assert.Matches("the party's says 2.*Z, the coordinator's 2.*Z", refusal.Text);
    }

    [Fact]
    public async Task Client_WithAClockThatIsOff_KeepsTryingAndSaysWhy()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        await using var client = new LinkClient(network.Address, identity, null, TestNetwork.Options with { Time = new MovableTime(TimeSpan.FromMinutes(-10)) });
        var running = RunningCarrier.Start(client);
        for (var i = 0; client.Problem is null && i < 1_000; i++) await Task.Delay(10);
        Assert.Contains("clocks differ", client.Problem, StringComparison.Ordinal);
        Assert.False(running.Running.IsCompleted);
        await running.StopAsync();
    }

    [Fact]
    public async Task Hello_WithTheGreatestNumbers_IsRefusedAndHarmsNothing()
    {
        await using var network = await TestNetwork.StartAsync();
        using var link = await RawLink.ConnectAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        await link.SendAsync(new Packet { Hello = new Hello { Version = 1, UnixMilliseconds = long.MaxValue } });
        Assert.Equal(Reason.Clock, (await link.RefusalAsync()).Reason);
    }

    [Fact]
    public async Task FirstPacket_ThatIsNoHello_IsRefused()
    {
        await using var network = await TestNetwork.StartAsync();
        var identity = await network.Consortium.JoinAsync("a");
        byte[][] firsts = [.. new[] { "frame", "want", "sealed", "welcome", "refusal" }.Select(n => Google.Protobuf.MessageExtensions.ToByteArray(Packets.PacketSamples.All[n])), [], [0xFF], new byte[PacketLimits.ControlBytes + 1]];
        foreach (var first in firsts)
        {
            using var link = await RawLink.ConnectAsync(network.Address, identity.Certificate);
            await link.SendAsync(first);
            Assert.Equal(Reason.Malformed, (await link.RefusalAsync()).Reason);
        }
        Assert.Empty(network.Hub.Receiver.Parties);
        Assert.Empty(network.Hub.Receiver.Frames);
    }

    [Fact]
    public async Task Connections_OfUnknownParties_TakeOnlySoManyPlacesPerAddress()
    {
        await using var network = await TestNetwork.StartAsync(TestNetwork.Options with { MostStrangers = 2 });
        var known = await network.JoinAsync(TestNetwork.B);
        await known.Receiver.UpAsync(TestNetwork.Coordinator);
        var third = await network.JoinAsync(TestNetwork.C);
        await third.Receiver.UpAsync(TestNetwork.Coordinator);   // parties that are in take none of the places
        var identity = await network.Consortium.JoinAsync("a");
        using (var first = await StrangerAsync(network))
        using (var second = await StrangerAsync(network))
        {
            // The kernel takes connections before the server counts them.
            for (var i = 0; i < 100 && !await IsRefusedAsync(); i++) await Task.Delay(20);
            Assert.True(await IsRefusedAsync());
            Assert.True(await known.SendAsync(TestNetwork.Coordinator, [1]));
            await network.Hub.Receiver.CountAsync(TestNetwork.B, 1);
        }
        var late = network.Connect(network.Consortium.Open("a"));
        await late.Receiver.UpAsync(TestNetwork.Coordinator);   // the places are free again

        async Task<bool> IsRefusedAsync()
        {
            try
            {
                using var link = await RawLink.ConnectAsync(network.Address, identity.Certificate);
                return false;
            }
            catch (RefusedConnection)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Connection_ThatAsksForNothingMore_IsClosedBeforeLong()
    {
        await using var network = await TestNetwork.StartAsync(TestNetwork.Options with { Patience = TimeSpan.FromMilliseconds(300) });
        using var stranger = await StrangerAsync(network);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var secured = new SslStream(stranger.GetStream());
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "coordinator", RemoteCertificateValidationCallback = (_, _, _, _) => true }, bound.Token);
        Assert.Equal(0, await secured.ReadAsync(new byte[1], bound.Token));
    }

    [Fact]
    public async Task TextMessage_IsRefused()
    {
        await using var network = await TestNetwork.StartAsync();
        using var link = await RawLink.ConnectAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        await link.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text);
        Assert.Equal(Reason.Malformed, (await link.RefusalAsync()).Reason);
    }

    /// <summary>A connection that says nothing.</summary>
    private static async Task<TcpClient> StrangerAsync(TestNetwork network)
    {
        var client = new TcpClient();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await client.ConnectAsync(System.Net.IPAddress.Loopback, network.Server.Endpoint.Port, bound.Token);
        return client;
    }

    private static async Task AssertKeepsTryingAsync(TestNetwork network, NodeIdentity identity, PartyId coordinator, string says)
    {
        await using var client = new LinkClient(network.Address, identity, coordinator, TestNetwork.Options);
        var running = RunningCarrier.Start(client);
        for (var i = 0; client.Problem is null && i < 1_000; i++) await Task.Delay(10);
        Assert.Contains(says, client.Problem, StringComparison.Ordinal);
        Assert.Empty(running.Receiver.Parties);
        await Task.Delay(500);   // several times the longest wait before connecting again
        Assert.False(running.Running.IsCompleted);
        await running.StopAsync();
    }

    private static async Task AssertRefusedAsync(TestNetwork network, NodeIdentity identity, string says)
    {
        await using var client = new LinkClient(network.Address, identity, null, TestNetwork.Options);
        var final = await Assert.ThrowsAsync<CarrierRefusedException>(() => client.RunAsync(new RecordingReceiver(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains(says, final.Message, StringComparison.Ordinal);
    }

    private static System.Net.DnsEndPoint Address(RelayServer server) => new("127.0.0.1", server.Endpoint.Port);

    /// <summary>A coordinator whose judge of certificates lives at another time; its own certificate is taken as it is.</summary>
    private static async Task<RelayServer> NetworkAtAsync(TestConsortium consortium, TimeSpan offset)
    {
        var identity = consortium.Open("coordinator", new MovableTime(offset));
        return await RelayServer.ListenAsync(new(System.Net.IPAddress.Loopback, 0), identity, TestNetwork.Options, null, CancellationToken.None);
    }
}
