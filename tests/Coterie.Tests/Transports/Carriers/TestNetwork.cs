using System.Net;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.Sessions;
using Coterie.Federation.Transports.Carriers.WebSockets;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>A carrier that runs, with what it delivered.</summary>
internal sealed record RunningCarrier(ICarrier Carrier, RecordingReceiver Receiver, Task Running, CancellationTokenSource Stop)
{
    public PartyId Id => Carrier.Self;

    public static RunningCarrier Start(ICarrier carrier, RecordingReceiver? receiver = null)
    {
        receiver ??= new RecordingReceiver();
        var stop = new CancellationTokenSource();
        return new RunningCarrier(carrier, receiver, carrier.RunAsync(receiver, stop.Token), stop);
    }

    public async Task<bool> SendAsync(PartyId to, byte[] frame) => await Carrier.SendAsync(to, frame, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public async Task StopAsync()
    {
        await Stop.CancelAsync();
        await Running.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(10));
        await Carrier.DisposeAsync();
    }
}

/// <summary>A coordinator with a real server on loopback and parties with real connections.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    public static readonly PartyId A = new("a");
    public static readonly PartyId B = new("b");
    public static readonly PartyId C = new("c");
    public static readonly PartyId Coordinator = new("coordinator");

    private readonly List<RunningCarrier> _running = [];

    private TestNetwork(TestConsortium consortium, RelayServer server, NodeIdentity identity)
    {
        Consortium = consortium;
        Server = server;
        CoordinatorIdentity = identity;
        Hub = RunningCarrier.Start(server);
        _running.Add(Hub);
    }

    /// <summary>Waits short enough for tests.</summary>
    public static LinkOptions Options { get; } = new()
    {
        FirstBackoff = TimeSpan.FromMilliseconds(20),
        LongestBackoff = TimeSpan.FromMilliseconds(100),
        LongestPause = TimeSpan.FromMilliseconds(300),
        Sessions = new SessionTimings { FirstRepeat = TimeSpan.FromMilliseconds(300), LongestRepeat = TimeSpan.FromSeconds(1), Recovery = TimeSpan.FromMilliseconds(10), Burst = 64 },
    };

    public TestConsortium Consortium { get; }

    public RelayServer Server { get; }

    public NodeIdentity CoordinatorIdentity { get; }

    public RunningCarrier Hub { get; }

    public DnsEndPoint Address => new("127.0.0.1", Server.Endpoint.Port);

    public static async Task<TestNetwork> StartAsync(LinkOptions? options = null, RelayTap? tap = null)
    {
        var consortium = new TestConsortium();
        var identity = await consortium.JoinAsync("coordinator", PartyRole.Coordinator);
        var server = await RelayServer.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), identity, options ?? Options, null, CancellationToken.None, tap);
        return new TestNetwork(consortium, server, identity);
    }

    /// <summary>A new party of the consortium, connected or about to be.</summary>
    public async Task<RunningCarrier> JoinAsync(PartyId name, LinkOptions? options = null, DnsEndPoint? via = null, RecordingReceiver? receiver = null) =>
        Connect(await Consortium.JoinAsync(name.Name), options, via, receiver);

    public RunningCarrier Connect(NodeIdentity identity, LinkOptions? options = null, DnsEndPoint? via = null, RecordingReceiver? receiver = null)
    {
        var running = RunningCarrier.Start(new LinkClient(via ?? Address, identity, Coordinator, options ?? Options), receiver);
        _running.Add(running);
        return running;
    }

    /// <summary>Two parties with a session.</summary>
    public async Task<(RunningCarrier A, RunningCarrier B)> PairAsync(LinkOptions? options = null)
    {
        var (a, b) = (await JoinAsync(A, options), await JoinAsync(B, options));
        a.Carrier.Expect(B);
        await a.Receiver.UpAsync(B);
        await b.Receiver.UpAsync(A);
        return (a, b);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in Enumerable.Reverse(_running)) await running.StopAsync();
        Consortium.Dispose();
        Assert.All(_running, r => Assert.Empty(r.Receiver.Broken));
    }
}
