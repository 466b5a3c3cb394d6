using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Tests.Transports.Carriers.WebSockets;

/// <summary>Parties that misbehave, or are slow, at a real server.</summary>
public sealed class RelayServerTests
{
    private static readonly PartyId A = TestNetwork.A;
    private static readonly PartyId B = TestNetwork.B;

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "nothing", [] },
        { "no packet", [0xFF, 0xFF] },
        { "cut short", [0x22, 0x10, 0x0A] },
        { "unknown kind", [0x42, 0x00] },
        { "a welcome", [0x12, 0x00] },
        { "a second hello", [0x0A, 0x02, 0x08, 0x01] },
        { "a relay without peer", [0x22, 0x02, 0x2A, 0x00] },
        { "a relay of an unknown kind", [0x22, 0x05, 0x0A, 0x01, 0x62, 0x3A, 0x00] },
        { "a relay to itself", [0x22, 0x05, 0x0A, 0x01, 0x61, 0x2A, 0x00] },
        { "a want of no name", [0x2A, 0x00] },
        { "a frame too long", [0x1A, .. new byte[] { 0x81, 0x80, 0x14 }, .. new byte[CarrierLimits.MaximumFrameBytes + 1]] },
        { "a message too long", new byte[PacketLimits.PacketBytes + 1] },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_FromAParty_EndsItsConnectionAndNoOther(string what, byte[] garbage)
    {
        _ = what;
        await using var network = await TestNetwork.StartAsync();
        var b = await network.JoinAsync(B);
        await b.Receiver.UpAsync(TestNetwork.Coordinator);
        using var link = await RawLink.GreetAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        await network.Hub.Receiver.UpAsync(A);
        await link.SendAsync(garbage);
        Assert.Equal(Reason.Malformed, (await link.RefusalAsync()).Reason);
        await network.Hub.Receiver.DownAsync(A);
        Assert.Empty(network.Hub.Receiver.Frames);
        Assert.True(await b.SendAsync(TestNetwork.Coordinator, [1]));
        await network.Hub.Receiver.CountAsync(B, 1);
        Assert.Equal(1, network.Hub.Receiver.Ups(B));
    }

    [Fact]
    public async Task Relay_ToSomebodyWhoIsNotThere_IsAnsweredByItsAbsence()
    {
        await using var network = await TestNetwork.StartAsync();
        using var link = await RawLink.GreetAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        await link.SendAsync(new Packet { Relay = new Relay { Peer = "b", Request = new SessionRequest() } });
        var answer = await link.ReceiveAsync();
        Assert.Equal(new Presence { Peer = "b", Up = false }, answer!.Presence);
    }

    [Fact]
    public async Task Want_OfMoreThanThereMayBe_IsRefused()
    {
        await using var network = await TestNetwork.StartAsync(TestNetwork.Options with { MostWanted = 10 });
        using var link = await RawLink.GreetAsync(network.Address, (await network.Consortium.JoinAsync("a")).Certificate);
        for (var i = 0; i < 11; i++) await link.SendAsync(new Packet { Want = new Want { Peer = $"p{i}" } });
        Assert.Equal(Reason.Malformed, (await link.RefusalAsync()).Reason);
    }

    [Fact]
    public async Task SecondConnection_OfAnIdentity_ReplacesTheFirstWhichStandsBy()
    {
        await using var network = await TestNetwork.StartAsync();
        var first = network.Connect(await network.Consortium.JoinAsync("a"));
        await first.Receiver.UpAsync(TestNetwork.Coordinator);
        var second = network.Connect(network.Consortium.Open("a"));
        await second.Receiver.UpAsync(TestNetwork.Coordinator);
        await first.Receiver.DownAsync(TestNetwork.Coordinator);
        await Task.Delay(500);   // several times the longest wait before connecting again
        Assert.Equal((1, 1), (first.Receiver.Ups(TestNetwork.Coordinator), second.Receiver.Ups(TestNetwork.Coordinator)));
        Assert.Equal(2, network.Hub.Receiver.Ups(A));
        Assert.True(await second.SendAsync(TestNetwork.Coordinator, [2]));
        Assert.Contains("stands by", ((LinkClient)first.Carrier).Problem, StringComparison.Ordinal);
        await second.StopAsync();
        await first.Receiver.UpAsync(TestNetwork.Coordinator, 2);   // and takes over when the other is gone
    }

    [Fact]
    public async Task Party_ThatFloodsTheCoordinator_HoldsUpNobodyElse()
    {
        await using var network = await TestNetwork.StartAsync();
        using var flooder = await RawLink.GreetAsync(network.Address, (await network.Consortium.JoinAsync("c")).Certificate);
        var (a, b) = await network.PairAsync();
        using var stop = new CancellationTokenSource();
        var want = Google.Protobuf.MessageExtensions.ToByteArray(new Packet { Relay = new Relay { Peer = "nobody", Request = new SessionRequest() } });
        // It never reads: the answers pile up until it is cut off.
        var flooding = Task.Run(async () =>
        {
            try
            {
                while (true) await flooder.Socket.SendAsync(want, System.Net.WebSockets.WebSocketMessageType.Binary, true, stop.Token);
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException)
            {
                // Cut off, or over.
            }
        });
        for (var i = 0; i < 200; i++) Assert.True(await a.SendAsync(B, [(byte)i]));
        await b.Receiver.CountAsync(A, 200);
        await stop.CancelAsync();
        await flooding.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Destination_ThatTakesNothing_CountsAsDownUntilItTakesAgain()
    {
        await using var network = await TestNetwork.StartAsync();
        await using var proxy = new CuttingProxy(network.Server.Endpoint.Port);
        var a = await network.JoinAsync(A);
        var b = await network.JoinAsync(B, via: proxy.Address);
        var c = await network.JoinAsync(TestNetwork.C);
        a.Carrier.Expect(B);
        a.Carrier.Expect(TestNetwork.C);
        await a.Receiver.UpAsync(B);
        await a.Receiver.UpAsync(TestNetwork.C);
        proxy.Dam = new TaskCompletionSource();
        // More than sockets and buffers hold: at some point a is held up, then told that b is down.
        var sent = 0;
        while (sent < 400 && await a.SendAsync(B, new byte[CarrierLimits.ChunkBytes])) sent++;
        Assert.InRange(sent, 4, 399);
        await a.Receiver.DownAsync(B);
        Assert.True(await a.SendAsync(TestNetwork.C, [1]));
        await c.Receiver.CountAsync(A, 1);
        Assert.True(await a.SendAsync(TestNetwork.Coordinator, [1]));
        await network.Hub.Receiver.CountAsync(A, 1);
        var dam = proxy.Dam;
        proxy.Dam = null;
        dam.SetResult();
        await a.Receiver.UpAsync(B, 2);
        Assert.True(await a.SendAsync(B, [5]));
        await b.Receiver.LastAsync(A, [5]);
    }

    [Fact]
    public async Task Receiver_ThatFails_EndsTheRunWithItsOwnError()
    {
        await using var network = await TestNetwork.StartAsync();
        var a = await network.JoinAsync(A);
        await a.Receiver.UpAsync(TestNetwork.Coordinator);
        await network.Hub.Receiver.UpAsync(A);
        network.Hub.Receiver.BeforeFrame = _ => throw new InvalidDataException("no room");
        Assert.True(await a.SendAsync(TestNetwork.Coordinator, [1]));
        await Assert.ThrowsAsync<InvalidDataException>(() => network.Hub.Running.WaitAsync(TimeSpan.FromSeconds(10)));
        a.Receiver.BeforeFrame = _ => throw new InvalidDataException("no room");
    }

    [Fact]
    public async Task Coordinator_ThatRestarts_IsFoundAgain()
    {
        await using var network = await TestNetwork.StartAsync();
        var (a, b) = await network.PairAsync();
        await network.Hub.Stop.CancelAsync();
        await a.Receiver.DownAsync(TestNetwork.Coordinator);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => network.Hub.Running.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(await a.SendAsync(B, [1]));
        var again = RunningCarrier.Start(network.Server);
        await a.Receiver.UpAsync(B, 2);
        await b.Receiver.UpAsync(A, 2);
        await again.Stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again.Running.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty(again.Receiver.Broken);
    }

    [Fact]
    public async Task RunAsync_Cancelled_StillDeliversWhatWasSentBefore()
    {
        await using var network = await TestNetwork.StartAsync();
        var (a, b) = await network.PairAsync();
        for (var i = 0; i < 20; i++) Assert.True(await a.SendAsync(B, new byte[50_000]) && await a.SendAsync(TestNetwork.Coordinator, new byte[50_000]));
        await a.Stop.CancelAsync();
        await b.Receiver.CountAsync(A, 20);
        await network.Hub.Receiver.CountAsync(A, 20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.Running.WaitAsync(TimeSpan.FromSeconds(10)));
        await b.Receiver.DownAsync(A);
    }

    [Fact]
    public async Task Listen_WithOtherEndpoints_ServesThemWithoutCertificateAndOverTlsOnly()
    {
        using var consortium = new TestConsortium();
        var identity = await consortium.JoinAsync("coordinator", PartyRole.Coordinator);
        await using var server = await RelayServer.ListenAsync(
            new(System.Net.IPAddress.Loopback, 0), identity, TestNetwork.Options, app => app.MapGet("/v1/other", context => context.Response.WriteAsync("here")), CancellationToken.None);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
        Assert.Equal("here", await client.GetStringAsync(new Uri($"https://127.0.0.1:{server.Endpoint.Port}/v1/other")));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await client.GetAsync(new Uri($"https://127.0.0.1:{server.Endpoint.Port}{RelayServer.Path}"))).StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{server.Endpoint.Port}/v1/other")));
    }
}
