using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// Who is connected to the coordinator, who wants to know, and what passes from one to another. One connection per identity. Thread-safe.
/// </summary>
/// <remarks>
/// All presence is told under one lock, so that nobody hears "there" and "gone" in the wrong order. Packets to one party leave in the order in which
/// they were passed on. When a party takes nothing, those who send to it are held up for a while each; then what they send to it is dropped and the
/// party counts as down for them until it takes again, so that nobody else waits for it.
/// </remarks>
internal sealed class RelayHub(PartyId self, LinkOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PartyId, HubLink> _links = [];

    /// <summary>For tests: what a relay does that is not honest.</summary>
    public RelayTap? Tap { get; init; }

    /// <summary>The connections there are.</summary>
    public ImmutableArray<HubLink> Links
    {
        get { lock (_gate) return [.. _links.Values]; }
    }

    /// <summary>The party's connection, if there is one.</summary>
    public HubLink? Find(PartyId party)
    {
        lock (_gate) return _links.GetValueOrDefault(party);
    }

    /// <summary>
    /// Makes <paramref name="link"/> the party's connection, after <paramref name="welcome"/> and in place of an older one, which is told and has ended then.
    /// False for one that stands by while another is there.
    /// </summary>
    public async Task<bool> TryAddAsync(HubLink link, bool standby, Packet welcome)
    {
        while (true)
        {
            HubLink? older;
            lock (_gate)
            {
                if (!_links.TryGetValue(link.Party.Id, out older))
                {
                    _links.Add(link.Party.Id, link);
                    link.Socket.Send(welcome);
                    Tell(link.Party.Id, up: true);
                    return true;
                }
            }
            if (standby) return false;
            _ = older.EndAsync(ControlMessages.Refuse(Reason.Replaced, $"A newer connection of {link.Party.Id} has taken this one's place."));
            await older.Ended.WaitAsync(link.Ending);
        }
    }

    /// <summary>The connection has ended.</summary>
    public void Remove(HubLink link)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue(link.Party.Id, out var current) || current != link) return;
            _links.Remove(link.Party.Id);
            foreach (var other in _links.Values) other.Stalled.Remove(link.Party.Id);
            Tell(link.Party.Id, up: false);
        }
    }

    /// <summary>The party wants to know whether <paramref name="peer"/> is there, now and whenever that changes.</summary>
    /// <exception cref="MalformedPacketException">It wants to know of too many, or of itself.</exception>
    public void Want(HubLink link, PartyId peer)
    {
        if (peer == self || peer == link.Party.Id) throw new MalformedPacketException("Presence of other parties is told, not of oneself or the coordinator.");
        lock (_gate)
        {
            link.Wanted.Add(peer);
            if (link.Wanted.Count > options.MostWanted) throw new MalformedPacketException($"Presence of more than {options.MostWanted} parties.");
            link.Socket.Send(Presence(peer, _links.ContainsKey(peer) && !link.Stalled.Contains(peer)));
        }
    }

    /// <summary>Passes a relayed content on; <paramref name="packet"/> is taken over.</summary>
    /// <exception cref="MalformedPacketException">It is addressed to the sender itself or the coordinator.</exception>
    public async ValueTask PassAsync(HubLink source, IncomingPacket packet, RelayView relay, CancellationToken cancellationToken)
    {
        if (relay.Peer == self || relay.Peer == source.Party.Id) throw new MalformedPacketException("Only what is for another party is relayed.");
        HubLink? destination;
        lock (_gate)
        {
            if (!_links.TryGetValue(relay.Peer, out destination)) source.Socket.Send(Presence(relay.Peer, up: false));
            else if (source.Stalled.Contains(relay.Peer)) destination = null;
        }
        if (destination is null)
        {
            packet.Release();
            return;
        }
        if (Tap is not null)
        {
            await PassTappedAsync(source, destination, relay, cancellationToken);
            packet.Release();
            return;
        }
        if (await TryReserveAsync(source, destination, packet.Held, cancellationToken))
        {
            destination.Socket.Outbox.Enqueue(packet.Readdress(relay, source.Party.Id), packet.Held);
            destination.Socket.Outbox.Kick();
        }
        else packet.Release();
    }

    /// <summary>The party takes packets again: who was told that it is down is told that it is up.</summary>
    public void Relieve(HubLink destination)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue(destination.Party.Id, out var current) || current != destination) return;
            foreach (var source in _links.Values)
                if (source.Stalled.Remove(destination.Party.Id)) source.Socket.Send(Presence(destination.Party.Id, up: true));
        }
    }

    /// <summary>Judges everybody's certificate again and ends the connections of those that are no longer accepted.</summary>
    public void Recheck(PeerVerifier peers)
    {
        foreach (var link in Links)
        {
            try
            {
                peers.Verify(link.Certificate);
            }
            catch (IdentityException e)
            {
                _ = link.EndAsync(ControlMessages.Refuse(RefusalReasons.Of(e.Reason), e.Message));
            }
        }
    }

    private async ValueTask<bool> TryReserveAsync(HubLink source, HubLink destination, int bytes, CancellationToken cancellationToken)
    {
        if (await destination.Socket.Outbox.ReserveAsync(bytes, options.LongestPause, cancellationToken)) return true;
        lock (_gate)
        {
            if (!_links.TryGetValue(destination.Party.Id, out var current) || current != destination) return false;   // its end has been told
            source.Stalled.Add(destination.Party.Id);
            source.Socket.Send(Presence(destination.Party.Id, up: false));
        }
        LinkLog.Dropped(options.Log, destination.Party.Id, source.Party.Id);
        if (!destination.Socket.Outbox.IsCongested) Relieve(destination);   // it was relieved before anybody could note the stall
        return false;
    }

    private async Task PassTappedAsync(HubLink source, HubLink destination, RelayView relay, CancellationToken cancellationToken)
    {
        foreach (var field in Tap!(source.Party.Id, destination.Party.Id, relay.Kind, relay.Field.ToArray()))
        {
            var altered = OutgoingPacket.Relay(source.Party.Id, field.Length, out var content);
            field.CopyTo(content);
            if (await TryReserveAsync(source, destination, altered.Held, cancellationToken)) destination.Socket.Outbox.Enqueue(altered, altered.Held);
            destination.Socket.Outbox.Kick();
        }
    }

    private void Tell(PartyId party, bool up)
    {
        foreach (var link in _links.Values)
            if (link.Party.Id != party && link.Wanted.Contains(party)) link.Socket.Send(Presence(party, up));
    }

    private static Packet Presence(PartyId peer, bool up) => new() { Presence = new Presence { Peer = peer.Name, Up = up } };
}
