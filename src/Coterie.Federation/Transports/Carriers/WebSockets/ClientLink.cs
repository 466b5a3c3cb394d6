using System.Collections.Concurrent;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Coterie.Federation.Transports.Carriers.Sessions;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// One connection of a party to its coordinator, with the sessions that run through it. The receiver hears everything from one reader, in order: sessions
/// begin and end where their messages are read.
/// </summary>
internal sealed class ClientLink(DialedLink dialed, NodeIdentity identity, LinkOptions options, IFrameReceiver receiver) : IAsyncDisposable
{
    /// <summary>How often unanswered messages of sessions are looked after.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>How long closing may take.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<PartyId, PeerSession> _sessions = new();
    private readonly Lock _adding = new();

    /// <summary>Who is at the other end.</summary>
    public Party Coordinator => dialed.Coordinator;

    /// <summary>Delivers until the connection ends.</summary>
    /// <exception cref="LinkRefusedException">The coordinator said why it ends.</exception>
    public async Task ReadAsync(IEnumerable<PartyId> wanted, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var breaking = new CancellationTokenSource();
        // Cancelled, the connection is closed properly, so that what was sent last still arrives; broken off only if that takes too long.
        await using var leaving = cancellationToken.Register(() =>
        {
            breaking.CancelAfter(Farewell);
            _ = dialed.Socket.CloseAsync(refusal: null);
        });
        var beating = BeatAsync(ending.Token);
        receiver.OnUp(Coordinator);
        try
        {
            foreach (var peer in wanted) Want(peer);
            while (await dialed.Socket.ReceiveAsync(PacketLimits.PacketBytes, breaking.Token) is { } packet)
            {
                if (!cancellationToken.IsCancellationRequested) await HandleAsync(PacketView.Read(packet.Memory), cancellationToken);
                packet.Release();
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await ending.CancelAsync();
            await beating;
            foreach (var session in _sessions.Values)
                if (session.Reset()) receiver.OnDown(session.Peer);
            receiver.OnDown(Coordinator.Id);
        }
    }

    /// <summary>Asks for a session with the peer as soon as it is there.</summary>
    public void Want(PartyId peer)
    {
        if (peer == Coordinator.Id || peer == identity.Name) return;
        lock (_adding)
        {
            if (_sessions.ContainsKey(peer)) return;
            if (_sessions.Count >= options.MostWanted) throw new MalformedPacketException($"More than {options.MostWanted} parties.");
            _sessions[peer] = new PeerSession(identity, peer, options.Sessions, options.Time);
        }
        dialed.Socket.Send(new Packet { Want = new Want { Peer = peer.Name } });
    }

    /// <summary>Sends a frame; false when the peer is not up.</summary>
    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var outbox = dialed.Socket.Outbox;
        PeerSession? session = null;
        if (to != Coordinator.Id && (!_sessions.TryGetValue(to, out session) || !session.IsUp)) return false;
        if (!await outbox.ReserveAsync(frame.Length, Timeout.InfiniteTimeSpan, cancellationToken)) return false;
        var taken = session is null
            ? outbox.Enqueue(OutgoingPacket.Frame(frame.Span), frame.Length)
            : session.TrySend(frame.Span, packet => outbox.Enqueue(packet, frame.Length));
        if (!taken) outbox.Unreserve(frame.Length);
        outbox.Kick();
        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await dialed.Socket.DisposeAsync();
        foreach (var session in _sessions.Values) session.Dispose();
    }

    private ValueTask HandleAsync(PacketView view, CancellationToken cancellationToken)
    {
        switch (view.Kind)
        {
            case PacketKind.Frame:
                return receiver.OnFrameAsync(Coordinator.Id, view.Body, cancellationToken);
            case PacketKind.Relay:
                return OnRelayAsync(RelayView.Read(view.Body), cancellationToken);
            case PacketKind.Presence:
                var presence = ControlMessages.Parse(Presence.Parser, view.Body);
                if (_sessions.TryGetValue(RelayView.Name(presence.Peer), out var session)) Apply(session, session.Presence(presence.Up));
                return ValueTask.CompletedTask;
            case PacketKind.Refusal:
                throw LinkDialer.FromPacket(view.Body);
            default:
                throw new MalformedPacketException($"A packet of kind {view.Kind}, which only a party sends or only comes first.");
        }
    }

    private ValueTask OnRelayAsync(RelayView relay, CancellationToken cancellationToken)
    {
        if (relay.Peer == Coordinator.Id || relay.Peer == identity.Name) throw new MalformedPacketException("Something relayed in this party's or the coordinator's own name.");
        Want(relay.Peer);   // it may have come unasked
        var session = _sessions[relay.Peer];
        if (relay.Kind != RelayKind.Sealed)
        {
            Apply(session, session.Receive(relay.Kind, relay.Body));
            return ValueTask.CompletedTask;
        }
        if (session.Open(SealedView.Read(relay.Body), out var frame, out var reaction)) return receiver.OnFrameAsync(relay.Peer, frame, cancellationToken);
        Apply(session, reaction);
        return ValueTask.CompletedTask;
    }

    private void Apply(PeerSession session, SessionReaction reaction)
    {
        if (reaction.Problem is { } problem) LinkLog.Session(options.Log, session.Peer, problem);
        if (reaction.WentDown) receiver.OnDown(session.Peer);
        Send(session, reaction);
        if (reaction.CameUp is not { } party) return;
        session.Begun();   // after its last message, so that no frame is faster
        receiver.OnUp(party);
    }

    private void Send(PeerSession session, SessionReaction reaction)
    {
        if (reaction.Message is not { } message) return;
        var relay = new Relay { Peer = session.Peer.Name };
        switch (message)
        {
            case SessionOffer offer: relay.Offer = offer; break;
            case SessionAnswer answer: relay.Answer = answer; break;
            case SessionConfirm confirm: relay.Confirm = confirm; break;
            case SessionRequest request: relay.Request = request; break;
            default: throw new System.Diagnostics.UnreachableException();
        }
        dialed.Socket.Send(new Packet { Relay = relay });
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                foreach (var session in _sessions.Values)
                    if (session.IsBusy) Send(session, session.Tick());   // a tick sends; it begins and ends nothing
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }
}
