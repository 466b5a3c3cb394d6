using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Federation.Transports.Durable;

/// <summary>
/// One party's reliable, durable messages of one run. What is sent is on this party's disk before the send returns, and stays until the peer has it on
/// its own; what arrives is on disk before it is acknowledged, and stays until the run says that its step is finished. A party that is restarted runs its
/// program again: sends of messages on record are those, receives give what they gave. Thread-safe.
/// </summary>
internal sealed class RunChannel : IChannel, IAsyncDisposable
{
    /// <summary>How long peers that are connected may take to hear that this party leaves.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    private readonly ImmutableDictionary<PartyId, PeerLink> _links;
    private readonly Mailbox _mailbox;
    private readonly Watch _watch;
    private readonly ConcurrentDictionary<(PartyId Peer, string Step), int> _sends = new();
    private readonly ConcurrentDictionary<(PartyId Peer, string Step), int> _receives = new();
    private readonly Dictionary<PartyId, long> _sentBefore;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;
    private bool _disposed;

    internal RunChannel(Switchboard board, RunChannelOptions options)
    {
        Board = board;
        Options = options;
        var self = board.Self;
        var peers = options.Roster.Parties.Where(p => p.Id != self).ToList();
        Messages.IntroduceAsync(peers.Select(p => p.Id)).GetAwaiter().GetResult();
        _mailbox = new Mailbox(options, Messages.Inbox(), Messages.Absences());
        var counters = Messages.Counters().ToDictionary(c => c.Peer);
        var unacknowledged = Messages.Unacknowledged().ToLookup(m => m.Key.Peer);
        var leftovers = Messages.HasIncoming();
        _sentBefore = counters.ToDictionary(c => c.Key, c => c.Value.Sent);
        var coordinator = options.Roster.Coordinator;
        _links = peers.ToImmutableDictionary(
            p => p.Id, p => new PeerLink(this, p, counters[p.Id], unacknowledged[p.Id], _mailbox, leftovers, expect: self == coordinator || p.Id == coordinator));
        _watch = new Watch(this, _mailbox, _links);
        Messages.Finished += _mailbox.Finished;
    }

    /// <summary>What the channel was opened with.</summary>
    public RunChannelOptions Options { get; }

    /// <summary>Why the channel ended for this party; null while it goes on.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    internal Switchboard Board { get; }

    internal TimeProvider Time => Board.Time;

    internal MessageStore Messages => Options.Store.Messages;

    internal bool IsClosed => _stop.IsCancellationRequested;

    private string Run => Options.Roster.RunId;

    /// <inheritdoc/>
    public async ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var (link, key) = Begin(_sends, to, step, cancellationToken);
        if (payload.Length > Options.MaximumMessageBytes) throw TooLong(payload.Length, nameof(payload));
        if (payload.Length > Spool.LargestInState)
        {
            await SpoolAsync(link, key, payload.Length, Pieces(payload), cancellationToken);
            return;
        }
        Queue(link, await Messages.RecordSentAsync(key, payload.Length, SHA256.HashData(payload.Span), payload.ToArray(), null));
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > Options.MaximumMessageBytes) throw TooLong(bytes, nameof(bytes));
        var (link, key) = Begin(_sends, to, step, cancellationToken);
        await SpoolAsync(link, key, bytes, chunks, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken)
    {
        var (key, outcome) = await AwaitAsync(from, step, maximumBytes, cancellationToken);
        if (outcome.Payload is { } payload) return payload;
        await using var stream = Open(key);
        if (stream is MemoryStream memory) return memory.GetBuffer();
        var bytes = new byte[outcome.Bytes];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(
        PartyId from, StepTag step, long maximumBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (key, outcome) = await AwaitAsync(from, step, maximumBytes, cancellationToken);
        await using var stream = outcome.Payload is { } payload ? new MemoryStream(payload, writable: false) : Open(key);
        var buffer = new byte[(int)Math.Min(CarrierLimits.ChunkBytes, Math.Max(outcome.Bytes, 1))];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;) yield return buffer.AsMemory(0, read);
    }

    /// <summary>Waits until every peer has everything that was sent to it, or has left the run.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => UntilAsync(l => l.IsDrained, cancellationToken);

    /// <summary>Waits until a peer has everything that was sent to it on its disk, or has left the run.</summary>
    /// <returns>Why it has left without taking everything; null: it has everything.</returns>
    public async Task<string?> DeliverAsync(PartyId peer, CancellationToken cancellationToken)
    {
        var link = _links[peer];
        await UntilAsync(l => l != link || l.IsDrained, cancellationToken);
        return link.IsDelivered ? null : link.GoneReason;
    }

    /// <summary>Tells the peers, after everything sent before, that this party takes no further part; peers that are not connected are not waited for.</summary>
    public async Task DepartAsync(bool failed, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        foreach (var link in _links.Values) link.Depart(failed, reason);
        using var time = new CancellationTokenSource(FarewellTime, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            await UntilAsync(l => l.IsFarewellSent, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A peer that is connected and has not opened the run hears nothing; it learns that this party is absent.
        }
    }

    /// <summary>Closes this party's end without a word to the others; the run can be opened again and goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        Board.Close(this);
        Abandon();
        foreach (var link in _links.Values) await link.DisposeAsync();
    }

    internal void Start()
    {
        foreach (var link in _links.Values) link.Start();
    }

    /// <summary>Stops at once, as a process that ends does.</summary>
    internal void Abandon()
    {
        _stop.Cancel();
        _watch.Dispose();
        Messages.Finished -= _mailbox.Finished;
        _mailbox.Fail(new ObjectDisposedException(nameof(RunChannel), $"The channel of {Run} is closed."));
        Pulse();
    }

    internal void OnUp(Party peer)
    {
        if (_links.TryGetValue(peer.Id, out var link)) link.OnUp(peer);
    }

    internal void OnDown(PartyId peer)
    {
        if (_links.TryGetValue(peer, out var link)) link.OnDown();
    }

    internal async ValueTask OnFrameAsync(PartyId from, RunFrame frame, CancellationToken cancellationToken)
    {
        if (!_links.TryGetValue(from, out var link) || Fault is not null || IsClosed)
        {
            Board.Refuse(from);
            return;
        }
        try
        {
            await link.OnFrameAsync(frame, cancellationToken);
        }
        catch (Exception error) when (error is StoreException or ObjectDisposedException)
        {
            // Where this was closed meanwhile, the frame was not acknowledged and comes again.
            Fail(error);
        }
    }

    internal void Deliver(ReceivedMessage message)
    {
        Options.Traffic?.Count(message.Key.Peer, Board.Self, message.Key.Step, message.Bytes);
        _mailbox.Arrived(message.Key, message.Bytes, message.Payload, Time.GetTimestamp());
    }

    internal ValueTask<bool> SendAsync(PartyId to, RunFrame frame)
    {
        frame.Run = Run;
        return Board.Carrier.SendAsync(to, FrameCodec.Write(new Frame { Run = frame }), _stop.Token);
    }

    internal byte[] WitnessOf(PartyId peer, bool sent, long number) => Messages.Node.Released.Witness(Run, peer, sent, number);

    /// <summary>This party's state was put back to an earlier one: it goes on with the run at no price, and says so.</summary>
    internal async Task RollBackAsync(string evidence)
    {
        var error = await Messages.Node.Released.RefuseAsync(Run, $"This party's state was put back to an earlier one: {evidence}.");
        Fail(error);
    }

    /// <summary>Ends the run for this party.</summary>
    internal void Fail(Exception error)
    {
        if (Interlocked.CompareExchange(ref _fault, error, null) is not null || IsClosed) return;
        _mailbox.Fail(error);
        // Peers learn that it is over here, not what this machine's files are called.
        var reason = error switch
        {
            StoreException => "its disk fails",
            ProtocolException => "its state was put back to an earlier one",
            _ => "it cannot go on",
        };
        foreach (var link in _links.Values) link.Depart(failed: true, reason);
        Pulse();
    }

    internal void Pulse() => Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private (PeerLink Link, MessageKey Key) Begin(ConcurrentDictionary<(PartyId, string), int> counts, PartyId peer, StepTag step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (Fault is { } fault) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        if (!_links.TryGetValue(peer, out var link)) throw new ArgumentException($"{peer} is no peer of {Board.Self} in {Run}.", nameof(peer));
        if (step.Path is not { Length: <= FrameCodec.MaximumStepLength } || !new StepTag(Run).Covers(step.Path))
            throw new ArgumentException($"'{step}' is no step of {Run}: it begins with the run's name and has at most {FrameCodec.MaximumStepLength} characters.", nameof(step));
        return (link, new MessageKey(peer, step.Path, counts.AddOrUpdate((peer, step.Path), 0, (_, last) => last + 1)));
    }

    private async Task SpoolAsync(PeerLink link, MessageKey key, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        if (Messages.FindSent(key) is { } recorded)
        {
            Queue(link, recorded);
            return;
        }
        using var file = Messages.CreateOutgoing();
        byte[] digest;
        try
        {
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                if (chunk.Length > bytes - file.Length) throw new ArgumentException($"More than the announced {bytes} bytes.", nameof(chunks));
                await file.AppendAsync(chunk, cancellationToken);
            }
            if (file.Length < bytes) throw new ArgumentException($"{file.Length} of the announced {bytes} bytes.", nameof(chunks));
            digest = file.Complete();
        }
        catch
        {
            Messages.Node.Spool.Delete(file.Name);
            throw;
        }
        Queue(link, await Messages.RecordSentAsync(key, bytes, digest, null, file.Name));
        // Somebody else is being sent the same content: one file is enough.
        if (!Messages.IsContent(file.Name)) Messages.Node.Spool.Delete(file.Name);
    }

    private void Queue(PeerLink link, SentMessage message)
    {
        if (message.Sequence > _sentBefore[link.Peer]) Options.Traffic?.Count(Board.Self, link.Peer, message.Key.Step, message.Bytes);
        link.Send(message);
    }

    private async Task<(MessageKey Key, WaitOutcome Outcome)> AwaitAsync(PartyId from, StepTag step, long maximumBytes, CancellationToken cancellationToken)
    {
        var (link, key) = Begin(_receives, from, step, cancellationToken);
        link.Expect();
        WaitOutcome outcome;
        try
        {
            outcome = await AwaitAsync(link, key, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Nobody got the message: the next receive of the step is for it.
            if (key.Index == 0) _receives.TryRemove(KeyValuePair.Create((from, step.Path), 0));
            else _receives.TryUpdate((from, step.Path), key.Index - 1, key.Index);
            throw;
        }
        link.Reopen();
        return outcome.Bytes <= maximumBytes
            ? (key, outcome)
            : throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{from} sent {outcome.Bytes} bytes at {step}; at most {maximumBytes} are accepted.", step.Path, from);
    }

    private async Task<WaitOutcome> AwaitAsync(PeerLink link, MessageKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (outcome, waiter) = _mailbox.Ask(key, Time.GetTimestamp());
            if (waiter is not null)
            {
                link.Reopen();
                await using var registration = cancellationToken.Register(() => _mailbox.Fail(waiter, new OperationCanceledException(cancellationToken)));
                _watch.Look(waiter);
                outcome = await waiter.Done.Task;
                if (outcome.Absence is { } decided)
                {
                    // Decided here, but the message may be on the disk already: then it counts.
                    if (!await Messages.RecordAbsenceAsync(key, decided)) continue;
                    _mailbox.Decided(key, decided);
                }
            }
            return outcome!.Absence is not { } absence
                ? outcome
                : throw new PeerUnavailableException(key.Peer, new StepTag(key.Step), absence.Reason) { TimedOut = absence.TimedOut };
        }
    }

    private Stream Open(MessageKey key) => Messages.ReadInbox(key)
        ?? throw new InvalidOperationException($"{key} of {key.Peer} is asked for after its step was finished.");

    private async Task UntilAsync(Func<PeerLink, bool> done, CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved);
            if (_links.Values.All(done)) return;
            ObjectDisposedException.ThrowIf(IsClosed, this);
            await moved.Task.WaitAsync(cancellationToken);
        }
    }

    private ArgumentException TooLong(long bytes, string parameter) =>
        new($"A message of {bytes} bytes is longer than the {Options.MaximumMessageBytes} that parties accept.", parameter);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> payload)
    {
        for (var start = 0; start < payload.Length; start += CarrierLimits.ChunkBytes)
            yield return payload.Slice(start, Math.Min(CarrierLimits.ChunkBytes, payload.Length - start));
        await Task.CompletedTask;
    }
}
