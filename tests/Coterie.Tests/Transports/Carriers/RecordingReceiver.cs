using System.Collections.Concurrent;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>Notes all that a carrier delivers and checks what it promises: up and down take turns, frames come while up, one at a time per peer.</summary>
internal sealed class RecordingReceiver : IFrameReceiver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PartyId, int> _ups = [];
    private readonly HashSet<PartyId> _up = [];
    private readonly Dictionary<PartyId, (int Count, byte[] Last)> _received = [];
    private readonly HashSet<PartyId> _delivering = [];
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waits = [];

    /// <summary>Promises that were broken.</summary>
    public ConcurrentQueue<string> Broken { get; } = [];

    public List<(PartyId From, byte[] Frame)> Frames { get; } = [];

    /// <summary>Held before a frame is noted; for a receiver that takes its time.</summary>
    public Func<PartyId, Task>? BeforeFrame { get; set; }

    public List<Party> Parties { get; } = [];

    public async ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_delivering.Add(from)) Broken.Enqueue($"two frames of {from} at once");
            if (!_up.Contains(from)) Broken.Enqueue($"a frame of {from}, which is down");
        }
        if (BeforeFrame is not null) await BeforeFrame(from).WaitAsync(cancellationToken);
        Note(() =>
        {
            _delivering.Remove(from);
            Frames.Add((from, frame.ToArray()));
            _received[from] = (_received.GetValueOrDefault(from).Count + 1, Frames[^1].Frame);
        });
    }

    public void OnUp(Party peer) => Note(() =>
    {
        if (!_up.Add(peer.Id)) Broken.Enqueue($"{peer.Id} up twice");
        _ups[peer.Id] = _ups.GetValueOrDefault(peer.Id) + 1;
        Parties.Add(peer);
    });

    public void OnDown(PartyId peer) => Note(() =>
    {
        if (!_up.Remove(peer)) Broken.Enqueue($"{peer} down twice");
        _delivering.Remove(peer);
    });

    public bool IsUp(PartyId peer)
    {
        lock (_gate) return _up.Contains(peer);
    }

    public int Ups(PartyId peer)
    {
        lock (_gate) return _ups.GetValueOrDefault(peer);
    }

    public byte[][] From(PartyId peer)
    {
        lock (_gate) return [.. Frames.Where(f => f.From == peer).Select(f => f.Frame)];
    }

    public Task UpAsync(PartyId peer, int times = 1) => UntilAsync(() => _up.Contains(peer) && _ups.GetValueOrDefault(peer) >= times, $"{peer} is up for the {times}. time");

    public Task DownAsync(PartyId peer) => UntilAsync(() => _ups.ContainsKey(peer) && !_up.Contains(peer), $"{peer} is down");

    public Task CountAsync(PartyId peer, int frames) => UntilAsync(() => _received.GetValueOrDefault(peer).Count >= frames, $"{frames} frames of {peer}");

    public byte[]? Last(PartyId peer)
    {
        lock (_gate) return _received.GetValueOrDefault(peer).Last;
    }

    /// <summary>Waits until the peer's latest frame is this one.</summary>
    public Task LastAsync(PartyId peer, byte[] frame) =>
        UntilAsync(() => _received.TryGetValue(peer, out var received) && received.Last.AsSpan().SequenceEqual(frame), $"the last frame of {peer}");

    /// <summary>Waits, ten seconds at most, until what is noted satisfies the condition.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition()) return;
            _waits.Add((condition, met));
        }
        try
        {
            await met.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not within ten seconds: {what}.");
        }
    }

    private void Note(Action change)
    {
        lock (_gate)
        {
            change();
            foreach (var (_, met) in _waits.Where(w => w.Condition())) met.TrySetResult();
        }
    }
}
