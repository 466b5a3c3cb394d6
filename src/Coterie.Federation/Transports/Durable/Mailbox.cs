using Coterie.Core.Parties;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Transports.Durable;

/// <summary>How a wait for a message ended: it is there, it was given up, or the channel failed.</summary>
/// <param name="Bytes">The message's length.</param>
/// <param name="Payload">Its content where it came from memory; null: it is in the store.</param>
/// <param name="Absence">Why it was given up; null where it is there.</param>
internal sealed record WaitOutcome(long Bytes, byte[]? Payload, Absence? Absence);

/// <summary>A receive that waits.</summary>
/// <param name="Key">For what.</param>
/// <param name="Since">Timestamp of its beginning.</param>
internal sealed record Waiter(MessageKey Key, long Since)
{
    public TaskCompletionSource<WaitOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Which messages lie in the inbox and were not asked for yet, and which are waited for. Thread-safe.</summary>
internal sealed class Mailbox
{
    /// <summary>
    /// While this party waits for a message of a peer, so many times as many others may lie before it. In bytes it is the longest message more: the one
    /// that is waited for has room, and no peer fills the disk.
    /// </summary>
    private const int WaitingFactor = 16;

    private readonly Lock _gate = new();
    private readonly RunChannelOptions _options;
    private readonly Dictionary<MessageKey, long> _unconsumed;
    private readonly Dictionary<MessageKey, Absence> _absences;
    private readonly Dictionary<MessageKey, Waiter> _waiters = [];
    private readonly Dictionary<PartyId, Load> _loads = [];
    private readonly StepTimes _times = new();
    private Exception? _fault;

    public Mailbox(RunChannelOptions options, Dictionary<MessageKey, long> inbox, Dictionary<MessageKey, Absence> absences)
    {
        _options = options;
        _unconsumed = inbox;
        _absences = absences;
        foreach (var (key, bytes) in inbox) LoadOf(key.Peer).Add(bytes);
    }

    /// <summary>The message if it is there, or how to wait for it.</summary>
    /// <exception cref="PeerUnavailableException">It was given up before.</exception>
    public (WaitOutcome? There, Waiter? Waiter) Ask(MessageKey key, long now)
    {
        lock (_gate)
        {
            if (_unconsumed.TryGetValue(key, out var bytes))
            {
                _times.Arrived(key.Step, now);
                Consume(key, bytes);
                return (new WaitOutcome(bytes, null, null), null);
            }
            if (_absences.TryGetValue(key, out var absence)) return (new WaitOutcome(0, null, absence), null);
            if (_fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
            _times.Began(key.Step, now);
            var waiter = new Waiter(key, now);
            if (!_waiters.TryAdd(key, waiter)) throw new InvalidOperationException($"{key} of {key.Peer} is being received already.");
            LoadOf(key.Peer).Waiting++;
            return (null, waiter);
        }
    }

    /// <summary>The message is in the inbox; whoever waits for it goes on.</summary>
    public void Arrived(MessageKey key, long bytes, byte[]? payload, long now)
    {
        lock (_gate)
        {
            if (Remove(key) is { } waiter)
            {
                _times.Arrived(key.Step, now);
                if (waiter.Done.TrySetResult(new WaitOutcome(bytes, payload, null))) return;
            }
            if (_unconsumed.TryAdd(key, bytes)) LoadOf(key.Peer).Add(bytes);
        }
    }

    /// <summary>Ends a wait: the message counts as never coming, once that is on the disk.</summary>
    public void GiveUp(Waiter waiter, Absence absence)
    {
        lock (_gate)
        {
            if (_waiters.GetValueOrDefault(waiter.Key) == waiter && Remove(waiter.Key) is not null) waiter.Done.TrySetResult(new WaitOutcome(0, null, absence));
        }
    }

    /// <summary>Ends a wait with an error.</summary>
    public void Fail(Waiter waiter, Exception error)
    {
        lock (_gate)
        {
            if (_waiters.GetValueOrDefault(waiter.Key) == waiter) Remove(waiter.Key);
            waiter.Done.TrySetException(error);
        }
    }

    /// <summary>Ends every wait, those that begin later too.</summary>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            _fault ??= error;
            foreach (var waiter in _waiters.Values.ToList()) Fail(waiter, _fault);
        }
    }

    /// <summary>The decision that a message never comes is on the disk.</summary>
    public void Decided(MessageKey key, Absence absence)
    {
        lock (_gate) _absences[key] = absence;
    }

    /// <summary>What belongs to the step is gone.</summary>
    public void Finished(StepTag step)
    {
        lock (_gate)
        {
            foreach (var (key, bytes) in _unconsumed.Where(e => step.Covers(e.Key.Step)).ToList()) Consume(key, bytes);
            foreach (var key in _absences.Keys.Where(k => step.Covers(k.Step)).ToList()) _absences.Remove(key);
        }
    }

    /// <summary>Whether another message of that length may be taken from the peer.</summary>
    public bool HasRoom(PartyId peer, long bytes)
    {
        lock (_gate)
        {
            var load = LoadOf(peer);
            var (messages, room) = load.Waiting > 0
                ? (_options.UnconsumedMessages * WaitingFactor, _options.UnconsumedBytes + _options.MaximumMessageBytes)
                : (_options.UnconsumedMessages, _options.UnconsumedBytes);
            return load.Messages == 0 || (load.Messages < messages && load.Bytes + bytes <= room);
        }
    }

    public List<Waiter> Waiters()
    {
        lock (_gate) return [.. _waiters.Values];
    }

    /// <summary>What the median peer took for the step, counting those still awaited as slower than all; null while fewer than half are there.</summary>
    public TimeSpan? MedianFor(string step, TimeProvider time)
    {
        lock (_gate) return _times.Median(step, _waiters.Keys.Count(k => k.Step == step), time);
    }

    /// <summary>Whether one peer is waited for at the step, and no more.</summary>
    public bool AwaitsOnlyOne(string step)
    {
        lock (_gate) return _waiters.Keys.Count(k => k.Step == step) == 1;
    }

    private Waiter? Remove(MessageKey key)
    {
        if (!_waiters.Remove(key, out var waiter)) return null;
        LoadOf(key.Peer).Waiting--;
        return waiter;
    }

    private void Consume(MessageKey key, long bytes)
    {
        _unconsumed.Remove(key);
        LoadOf(key.Peer).Subtract(bytes);
    }

    private Load LoadOf(PartyId peer)
    {
        if (!_loads.TryGetValue(peer, out var load)) _loads.Add(peer, load = new Load());
        return load;
    }

    private sealed class Load
    {
        public int Messages { get; private set; }

        public long Bytes { get; private set; }

        public int Waiting { get; set; }

        public void Add(long bytes) => (Messages, Bytes) = (Messages + 1, Bytes + bytes);

        public void Subtract(long bytes) => (Messages, Bytes) = (Messages - 1, Bytes - bytes);
    }
}
