using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Observability;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Coterie.Federation.Transports.Durable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes;

/// <summary>Everything a node's process opens before it does anything, and closes at its end: identity, store, connections, log, figures.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _close = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _carrying = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private RevocationWatch? _revocations;

    private NodeHost()
    {
    }

    /// <summary>What the node stands on.</summary>
    public NodeContext Context { get; private set; } = null!;

    /// <summary>Ends with an error when the network refuses this party for good.</summary>
    public Task Carrying => _carrying;

    /// <summary>Opens a node.</summary>
    /// <param name="settings">Its config.</param>
    /// <param name="role">The role its identity has to have.</param>
    /// <param name="connect">Makes its connection to the network.</param>
    /// <param name="observer">Who watches it.</param>
    /// <param name="cancellationToken">Ends opening.</param>
    /// <exception cref="IdentityException">There is no identity in the home, or it is not of that role.</exception>
    /// <exception cref="StoreException">The state is in use, damaged, or newer.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeSettings settings, PartyRole role, Func<NodeIdentity, LinkOptions, CancellationToken, Task<ICarrier>> connect, INodeObserver observer, CancellationToken cancellationToken)
    {
        var host = new NodeHost();
        try
        {
            await host.OpenAsync(settings, role, connect, observer, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Context is { } context) context.Figures.IsReady = false;
        await _stop.CancelAsync();
        await Task.WhenAny(_carrying);
        await Task.WhenAny(_watching);
        while (_close.TryPop(out var close)) await close();
        _stop.Dispose();
    }

    private async Task OpenAsync(
        NodeSettings settings, PartyRole role, Func<NodeIdentity, LinkOptions, CancellationToken, Task<ICarrier>> connect, INodeObserver observer, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var identity = Closing(NodeIdentity.Load(Path.Combine(settings.Home, "identity"), time));
        if (identity.Role != role)
            throw new IdentityException(IdentityReason.WrongRole, $"{settings.Home} holds the identity of the {RoleNames.Of(identity.Role)} {identity.Name}; that of a {RoleNames.Of(role)} is expected.");
        var services = NodeLogging.Open(settings.Log);
        _close.Push(services.DisposeAsync);
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Coterie.Node");
        NodeLog.Starts(log, RoleNames.Of(role), identity.Name, NodeMetrics.Version);
        var store = Closing(NodeStore.Open(Path.Combine(settings.Home, "state"), time));
        var figures = new NodeFigures();
        var metrics = Closing(new NodeMetrics(figures, RoleNames.Of(role)));
        Closing(new Telemetry(settings.Otlp, identity.Name.Name));
        if (settings.Metrics is { } address)
        {
            var endpoint = await HealthEndpoint.StartAsync(address, figures, metrics, cancellationToken);
            _close.Push(endpoint.DisposeAsync);
            NodeLog.Metrics(log, endpoint.Address);
        }
        var links = LinkOptions.Default with
        {
            Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Coterie.Link"),
            KeepAlive = settings.TimeOuts.KeepAlive,
            KeepAliveTimeout = settings.TimeOuts.KeepAlive,
        };
        var carrier = await connect(identity, links, cancellationToken);
        _close.Push(carrier.DisposeAsync);
        _revocations = Watch(identity, Path.Combine(settings.Home, "identity"), carrier, log);
        var board = new Switchboard(new ObservedCarrier(carrier, figures), time);
        Context = new NodeContext { Identity = identity, Store = store, Board = board, TimeOuts = settings.TimeOuts, Figures = figures, Log = log, Observer = observer, Time = time };
        await Context.ForgetEndedAsync(cancellationToken);
    }

    /// <summary>Lets the network in, once whoever handles what comes is ready.</summary>
    public void Carry()
    {
        _carrying = Task.Run(() => Context.Board.Carrier.RunAsync(Context.Board, _stop.Token), CancellationToken.None);
        _watching = Task.Run(() => _revocations!.RunAsync(Context.Time, _stop.Token), CancellationToken.None);
        Context.Figures.IsReady = true;
    }

    private RevocationWatch Watch(NodeIdentity identity, string folder, ICarrier carrier, ILogger log)
    {
        Action recheck = carrier switch
        {
            LinkClient link => link.Recheck,
            RelayServer server => server.Recheck,
            _ => Nothing,
        };
        if (identity.Server is not { } authority) return new RevocationWatch(identity, folder, recheck, log);
        var client = Closing(new IdentityClient(authority, identity.Peers));
        return new RevocationWatch(identity, folder, recheck, log) { Ask = client.RevocationsAsync };

        static void Nothing()
        {
        }
    }

    private T Closing<T>(T resource) where T : IDisposable
    {
        _close.Push(() =>
        {
            resource.Dispose();
            return ValueTask.CompletedTask;
        });
        return resource;
    }
}
