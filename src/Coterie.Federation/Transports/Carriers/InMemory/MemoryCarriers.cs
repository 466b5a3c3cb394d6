using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.InMemory;

/// <summary>Carriers of parties that live in one process. Two parties are connected while both run and one of them expects the other. Thread-safe.</summary>
internal sealed class MemoryCarriers(TimeProvider? time = null)
{
    /// <summary>How long a delayed frame pauses, and a broken connection stays away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly Dictionary<PartyId, MemoryCarrier> _carriers = [];
    private readonly Dictionary<(PartyId, PartyId), MemoryLink> _links = [];
    private readonly HashSet<(PartyId, PartyId)> _cut = [];

    /// <summary>Decides what becomes of each frame, when it would arrive; null: all arrive.</summary>
    public Func<MemoryFrame, MemoryFate>? Fate { get; set; }

    /// <summary>The party's carrier; one it had before is detached.</summary>
    public MemoryCarrier Attach(Party party)
    {
        ArgumentNullException.ThrowIfNull(party);
        Detach(party.Id);
        var carrier = new MemoryCarrier(this, party);
        lock (_gate) _carriers[party.Id] = carrier;
        return carrier;
    }

    /// <summary>The party is gone at once; what was on its way to or from it is lost.</summary>
    public void Detach(PartyId party)
    {
        lock (_gate)
        {
            if (!_carriers.Remove(party, out var carrier)) return;
            carrier.Receiver = null;
            foreach (var pair in _links.Keys.Where(p => p.Item1 == party || p.Item2 == party).ToList()) Close(pair);
        }
    }

    /// <summary>Breaks the connection of two parties; <paramref name="forGood"/>: until <see cref="Mend"/>.</summary>
    public void Break(PartyId first, PartyId second, bool forGood = false)
    {
        var pair = Pair(first, second);
        lock (_gate)
        {
            if (forGood) _cut.Add(pair);
            if (!Close(pair) || forGood) return;
        }
        _ = Task.Run(async () =>
        {
            await Task.Delay(Pause, _time);
            Connect(pair);
        });
    }

    /// <summary>Lets two parties connect again.</summary>
    public void Mend(PartyId first, PartyId second)
    {
        var pair = Pair(first, second);
        lock (_gate) _cut.Remove(pair);
        Connect(pair);
    }

    internal bool IsAttached(MemoryCarrier carrier)
    {
        lock (_gate) return _carriers.GetValueOrDefault(carrier.Self) == carrier;
    }

    internal void Run(MemoryCarrier carrier, IFrameReceiver receiver)
    {
        PartyId[] peers;
        lock (_gate)
        {
            if (_carriers.GetValueOrDefault(carrier.Self) != carrier) return;
            carrier.Receiver = receiver;
            peers = [.. _carriers.Keys];
        }
        foreach (var peer in peers.Where(p => p != carrier.Self)) Connect(Pair(carrier.Self, peer));
    }

    internal void Expect(MemoryCarrier carrier, PartyId peer)
    {
        lock (_gate) carrier.Expected.Add(peer);
        Connect(Pair(carrier.Self, peer));
    }

    internal MemoryLink? LinkOf(MemoryCarrier carrier, PartyId peer)
    {
        lock (_gate) return _carriers.GetValueOrDefault(carrier.Self) == carrier ? _links.GetValueOrDefault(Pair(carrier.Self, peer)) : null;
    }

    /// <summary>Hands a frame over; false when its connection is gone.</summary>
    internal async Task<bool> DeliverAsync(MemoryLink link, MemoryFrame frame, CancellationToken cancellationToken)
    {
        var fate = Fate?.Invoke(frame) ?? MemoryFate.Deliver;
        if (fate == MemoryFate.Break)
        {
            Break(frame.From, frame.To);
            return false;
        }
        if (fate == MemoryFate.Delay) await Task.Delay(Pause, _time, cancellationToken);
        var content = frame.Content;
        if (fate == MemoryFate.Corrupt)
        {
            var damaged = content.ToArray();
            for (var i = damaged.Length / 2; i < damaged.Length; i += 97) damaged[i] ^= 0x55;
            content = damaged;
        }
        for (var copies = fate == MemoryFate.Duplicate ? 2 : 1; copies > 0; copies--)
        {
            IFrameReceiver? receiver;
            lock (_gate) receiver = link.IsOpen ? _carriers.GetValueOrDefault(frame.To)?.Receiver : null;
            if (receiver is null) return false;
            await receiver.OnFrameAsync(frame.From, content, cancellationToken);
        }
        return true;
    }

    private void Connect((PartyId, PartyId) pair)
    {
        lock (_gate)
        {
            if (_links.ContainsKey(pair) || _cut.Contains(pair)) return;
            if (_carriers.GetValueOrDefault(pair.Item1) is not { Receiver: { } firstReceiver } first) return;
            if (_carriers.GetValueOrDefault(pair.Item2) is not { Receiver: { } secondReceiver } second) return;
            if (!first.Expected.Contains(pair.Item2) && !second.Expected.Contains(pair.Item1)) return;
            var link = new MemoryLink(this, pair.Item1, pair.Item2);
            _links.Add(pair, link);
            firstReceiver.OnUp(second.Party);
            secondReceiver.OnUp(first.Party);
            link.Start();
        }
    }

    private bool Close((PartyId, PartyId) pair)
    {
        if (!_links.Remove(pair, out var link)) return false;
        link.Close();
        _carriers.GetValueOrDefault(pair.Item1)?.Receiver?.OnDown(pair.Item2);
        _carriers.GetValueOrDefault(pair.Item2)?.Receiver?.OnDown(pair.Item1);
        return true;
    }

    private static (PartyId, PartyId) Pair(PartyId first, PartyId second) => first.CompareTo(second) < 0 ? (first, second) : (second, first);
}
