using System.Net;
using System.Net.WebSockets;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// The coordinator's end of all connections: accepts parties of its consortium on <see cref="Path"/>, delivers what they send to the coordinator and
/// passes on what they send to each other, which it cannot read. Everybody else gets a refusal.
/// </summary>
/// <remarks>
/// One connection per identity: a newer one replaces the older, which is told; a process that stands by never replaces. Frames to and from the
/// coordinator are protected by TLS itself, between these two parties.
/// </remarks>
internal sealed class RelayServer : ICarrier
{
    /// <summary>Where parties connect.</summary>
    public const string Path = "/v1/link";

    private readonly NodeIdentity _identity;
    private readonly LinkOptions _options;
    private readonly RelayHub _hub;
    private WebApplication? _application;
    private Running? _running;

    private RelayServer(NodeIdentity identity, LinkOptions options, RelayTap? tap)
    {
        _identity = identity;
        _options = options;
        _hub = new RelayHub(identity.Name, options) { Tap = tap };
    }

    /// <inheritdoc/>
    public PartyId Self => _identity.Name;

    /// <summary>Where the server listens, once it does.</summary>
    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>
    /// Listens at <paramref name="at"/> (port 0: any free one) with TLS 1.3. Parties are accepted while <see cref="RunAsync"/> runs. Other endpoints on the
    /// same port, by <paramref name="configure"/>, must not rely on a client's certificate: it is requested, and judged at <see cref="Path"/> only.
    /// </summary>
    /// <exception cref="IOException">The address is in use, or not this machine's.</exception>
    /// <exception cref="IdentityException">The identity is not a coordinator's.</exception>
    public static async Task<RelayServer> ListenAsync(
        IPEndPoint at, NodeIdentity identity, LinkOptions options, Action<WebApplication>? configure, CancellationToken cancellationToken, RelayTap? tap = null)
    {
        if (identity.Role != PartyRole.Coordinator)
            throw new IdentityException(IdentityReason.WrongRole, $"{identity.Name} is a {RoleNames.Of(identity.Role)}; only a coordinator accepts connections.");
        var server = new RelayServer(identity, options, tap);
        (server._application, server.Endpoint) = await RelayHost.StartAsync(at, identity, options, server.AcceptAsync, configure, cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    public async Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var guarded = new GuardedReceiver(receiver);
        var running = new Running(guarded, cancellationToken);
        if (Interlocked.CompareExchange(ref _running, running, null) is not null) throw new InvalidOperationException("The server is running.");
        try
        {
            await guarded.Failed.WaitAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _running, null);
            var links = _hub.Links;
            await Task.WhenAll(links.Select(l => l.EndAsync(ControlMessages.Refuse(Reason.Stopping, "The coordinator is stopping."))));
            await Task.WhenAll(links.Select(l => l.Ended));
        }
    }

    /// <summary>Parties come by themselves.</summary>
    public void Expect(PartyId peer)
    {
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, CarrierLimits.MaximumFrameBytes);
        if (_hub.Find(to) is not { IsEnding: false } link) return false;
        if (!await link.Socket.Outbox.ReserveAsync(frame.Length, Timeout.InfiniteTimeSpan, cancellationToken)) return false;
        if (!link.Socket.Outbox.Enqueue(OutgoingPacket.Frame(frame.Span), frame.Length)) return false;
        link.Socket.Outbox.Kick();
        return true;
    }

    /// <summary>Judges everybody's certificate again and cuts those off that are no longer accepted; to be called when the list of revoked ones changes.</summary>
    public void Recheck() => _hub.Recheck(_identity.Peers);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var link in _hub.Links) await link.EndAsync(ControlMessages.Refuse(Reason.Stopping, "The coordinator is stopping."));
        if (_application is not null) await _application.DisposeAsync();
    }

    private async Task AcceptAsync(HttpContext context)
    {
        var address = $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
        if (LinkGate.Judge(context, _identity, out var party, out var certificate) is { } refusal)
        {
            LinkLog.Refused(_options.Log, address, refusal.Text);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.Headers[RefusalReasons.Header] = RefusalReasons.ToHeader(refusal.Reason, refusal.Text);
            return;
        }
        if (!context.WebSockets.IsWebSocketRequest || Volatile.Read(ref _running) is not { } running)
        {
            context.Response.StatusCode = context.WebSockets.IsWebSocketRequest ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status426UpgradeRequired;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = _options.KeepAlive, KeepAliveTimeout = _options.KeepAliveTimeout });
        await using var link = new HubLink(party!, certificate!, l => new PacketSocket(socket, _options, () => _hub.Relieve(l)), context.RequestAborted);
        await ServeAsync(link, running, address, context.Features.Get<Strangers.Place>());
    }

    /// <summary>The whole life of a connection.</summary>
    private async Task ServeAsync(HubLink link, Running running, string address, Strangers.Place? place)
    {
        var added = false;
        var reason = "it closed the connection.";
        Packet? farewell = null;
        try
        {
            var (standby, welcome) = await LinkGate.GreetAsync(link, _options);
            added = await _hub.TryAddAsync(link, standby, welcome);
            if (!added) throw new LinkRefusedException(Reason.Replaced, $"Another connection of {link.Party.Id} is there, and this one stands by.");
            place?.Dispose();   // it has a party's place now, of which there is one
            if (running.Stopping.IsCancellationRequested) throw new LinkRefusedException(Reason.Stopping, "The coordinator is stopping.");
            LinkLog.Connected(_options.Log, link.Party.Id, address);
            running.Receiver.OnUp(link.Party);
            try
            {
                await ReadAsync(link, running.Receiver);
            }
            finally
            {
                running.Receiver.OnDown(link.Party.Id);
            }
        }
        catch (LinkRefusedException e)
        {
            (reason, farewell) = (e.Message, ControlMessages.Refuse(e.Reason, e.Message));
        }
        catch (MalformedPacketException e)
        {
            (reason, farewell) = (e.Message, ControlMessages.Refuse(Reason.Malformed, e.Message));
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            reason = e.Message;
        }
        finally
        {
            if (added) _hub.Remove(link);
            link.HasEnded();
        }
        await link.EndAsync(farewell);
        await link.Socket.LingerAsync();
        LinkLog.Disconnected(_options.Log, link.Party.Id, reason);
    }

    private async Task ReadAsync(HubLink link, IFrameReceiver receiver)
    {
        while (await link.Socket.ReceiveAsync(PacketLimits.PacketBytes, link.Ending) is { } packet && !link.IsEnding)
        {
            var view = PacketView.Read(packet.Memory);
            switch (view.Kind)
            {
                case PacketKind.Relay:
                    await _hub.PassAsync(link, packet, RelayView.Read(view.Body), link.Ending);
                    continue;   // the buffer has gone on
                case PacketKind.Frame:
                    await receiver.OnFrameAsync(link.Party.Id, view.Body, link.Ending);
                    break;
                case PacketKind.Want:
                    _hub.Want(link, RelayView.Name(ControlMessages.Parse(Want.Parser, view.Body).Peer));
                    break;
                default:
                    throw new MalformedPacketException($"A packet of kind {view.Kind}, which only a coordinator sends or only comes first.");
            }
            packet.Release();
        }
    }

    private sealed record Running(IFrameReceiver Receiver, CancellationToken Stopping);
}
