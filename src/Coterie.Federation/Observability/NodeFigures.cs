using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Parties;

namespace Coterie.Federation.Observability;

/// <summary>What a node counts about itself: no rows, no models, no keys. Thread-safe.</summary>
internal sealed class NodeFigures
{
    private readonly ConcurrentDictionary<string, string> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PartyId, bool> _peers = new();
    private long _bytesIn, _bytesOut, _framesIn, _framesOut, _messagesIn, _messagesOut, _reconnects, _waitingTicks, _storeErrors;
    private volatile RunProgress? _progress;

    public long BytesIn => Interlocked.Read(ref _bytesIn);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public long FramesIn => Interlocked.Read(ref _framesIn);

    public long FramesOut => Interlocked.Read(ref _framesOut);

    public long MessagesIn => Interlocked.Read(ref _messagesIn);

    public long MessagesOut => Interlocked.Read(ref _messagesOut);

    public long Reconnects => Interlocked.Read(ref _reconnects);

    public long StoreErrors => Interlocked.Read(ref _storeErrors);

    public double SecondsWaiting => TimeSpan.FromTicks(Interlocked.Read(ref _waitingTicks)).TotalSeconds;

    public int ConnectedPeers => _peers.Values.Count(up => up);

    /// <summary>Where the current run stands; null before a first round.</summary>
    public RunProgress? Progress => _progress;

    /// <summary>Runs by state.</summary>
    public ImmutableSortedDictionary<string, int> RunsByState =>
        _runs.Values.GroupBy(s => s, StringComparer.Ordinal).ToImmutableSortedDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    /// <summary>Set once the node can do its work; cleared when it stops.</summary>
    public bool IsReady { get; set; }

    public void RunIs(string run, RunStore.RunState state) => _runs[run] = state.ToString().ToLowerInvariant();

    public void Forget(string run) => _runs.TryRemove(run, out _);

    public void Report(RunProgress progress) => _progress = progress;

    public void Received(int bytes)
    {
        Interlocked.Increment(ref _framesIn);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    public void Sent(int bytes)
    {
        Interlocked.Increment(ref _framesOut);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void MessageReceived() => Interlocked.Increment(ref _messagesIn);

    public void MessageSent() => Interlocked.Increment(ref _messagesOut);

    public void Waited(TimeSpan time) => Interlocked.Add(ref _waitingTicks, time.Ticks);

    public void StoreFailed() => Interlocked.Increment(ref _storeErrors);

    public void PeerUp(PartyId peer)
    {
        if (!_peers.TryAdd(peer, true))
        {
            _peers[peer] = true;
            Interlocked.Increment(ref _reconnects);
        }
    }

    public void PeerDown(PartyId peer) => _peers[peer] = false;
}
