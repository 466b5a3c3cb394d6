using System.Net.WebSockets;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// What waits to leave through one connection: packets go in the order they were put in, and no more than a bound waits. The first packet of an idle
/// outbox leaves on the caller's thread, which spares a small message a change of threads. Thread-safe.
/// </summary>
internal sealed class Outbox(WebSocket socket, LinkOptions options)
{
    /// <summary>How far packets that nobody reserved room for may exceed the bound: presence of many parties. Beyond it the peer is not reading at all.</summary>
    private const int Leeway = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<(OutgoingPacket Packet, int Bytes)> _packets = new();
    private readonly Queue<Waiter> _waiters = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _held;
    private bool _pumping;
    private bool _congested;
    private TaskCompletionSource? _drained;

    /// <summary>Completes when nothing can be sent any more.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Raised on some thread when less than half of the bound is taken after somebody waited in vain.</summary>
    public Action? Relieved { get; init; }

    /// <summary>Whether somebody waited in vain for room, and there still is little.</summary>
    public bool IsCongested
    {
        get { lock (_gate) return _congested; }
    }

    /// <summary>
    /// Waits for room for <paramref name="bytes"/>, at most <paramref name="limit"/>. False when the connection is closed or the limit has passed.
    /// </summary>
    public ValueTask<bool> ReserveAsync(int bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_closed.Task.IsCompleted) return ValueTask.FromResult(false);
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _held += bytes;
                return ValueTask.FromResult(true);
            }
            if (limit == TimeSpan.Zero) return ValueTask.FromResult(false);
            waiter = new Waiter(bytes);
            _waiters.Enqueue(waiter);
        }
        return WaitAsync(waiter, limit, cancellationToken);
    }

    /// <summary>Appends a packet for which <paramref name="reserved"/> bytes were reserved; <see cref="Kick"/> sends it. False, and the packet released, when closed.</summary>
    public bool Enqueue(OutgoingPacket packet, int reserved)
    {
        lock (_gate)
        {
            if (!_closed.Task.IsCompleted)
            {
                _packets.Enqueue((packet, reserved));
                return true;
            }
        }
        packet.Release();
        return false;
    }

    /// <summary>Appends a small packet without waiting; a peer that lets too many of them wait is cut off.</summary>
    public bool Force(OutgoingPacket packet)
    {
        lock (_gate)
        {
            if (_held <= options.OutboxBytes + Leeway)
            {
                _held += packet.Held;
                return Enqueue(packet, packet.Held);
            }
        }
        packet.Release();
        Close();
        return false;
    }

    /// <summary>Gives back what was reserved and not used.</summary>
    public void Unreserve(int bytes) => GiveBack(bytes);

    /// <summary>Sends what waits, beginning on this thread if nobody else is at it.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            if (_pumping || _packets.Count == 0) return;
            _pumping = true;
        }
        _ = PumpAsync();   // ends by itself: every failure closes the outbox
    }

    /// <summary>Waits until everything put in has left, or nothing can.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (_closed.Task.IsCompleted || (!_pumping && _packets.Count == 0)) return Task.CompletedTask;
            return (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Drops what waits and breaks the connection.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_closed.TrySetResult()) return;
            while (_packets.TryDequeue(out var item)) item.Packet.Release();
            while (_waiters.TryDequeue(out var waiter)) waiter.TrySetResult(false);
            _drained?.TrySetResult();
        }
        socket.Abort();
    }

    private async Task PumpAsync()
    {
        try
        {
            for (var first = true; TryNext(out var packet, out var bytes); first = false)
            {
                try
                {
                    // Whoever kicked has sent one packet with its own hands; what others put in meanwhile is not its business.
                    if (!first) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    var sending = socket.SendAsync(packet.Memory, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
                    if (sending.IsCompletedSuccessfully) await sending;
                    else await sending.AsTask().WaitAsync(options.LongestSend, options.Time);
                    packet.Release();
                }
                finally
                {
                    GiveBack(bytes);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            // The packet that failed keeps its buffer: the socket may still be reading it, so it must not go back to the pool.
            Close();
        }
    }

    private bool TryNext(out OutgoingPacket packet, out int bytes)
    {
        lock (_gate)
        {
            if (_packets.TryDequeue(out var item))
            {
                (packet, bytes) = item;
                return true;
            }
            (packet, bytes) = (default, 0);
            _pumping = false;
            _drained?.TrySetResult();
            _drained = null;
            return false;
        }
    }

    private bool Fits(int bytes) => _held == 0 || _held + bytes <= options.OutboxBytes;

    private void GiveBack(int bytes)
    {
        var relieved = false;
        lock (_gate)
        {
            _held -= bytes;
            while (_waiters.TryPeek(out var next) && (next.Task.IsCompleted || Fits(next.Bytes)))
            {
                _waiters.Dequeue();
                if (next.TrySetResult(true)) _held += next.Bytes;
            }
            if (_congested && _held <= options.OutboxBytes / 2) (_congested, relieved) = (false, true);
        }
        if (relieved) Relieved?.Invoke();
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, options.Time);
        await using var expiry = late.Token.UnsafeRegister(_ => GiveUp(waiter), null);
        await using var cancellation = cancellationToken.UnsafeRegister((_, token) => waiter.TrySetCanceled(token), null);
        return await waiter.Task;
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.TrySetResult(false)) _congested = true;
        }
    }

    private sealed class Waiter(int bytes) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Bytes { get; } = bytes;
    }
}
