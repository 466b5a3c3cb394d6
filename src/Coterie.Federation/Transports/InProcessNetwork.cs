using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Coterie.Core.Parties;

namespace Coterie.Federation.Transports;

/// <summary>A message on its way.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The recipient.</param>
/// <param name="Step">The step it belongs to.</param>
/// <param name="Payload">Its bytes.</param>
public sealed record Envelope(PartyId From, PartyId To, StepTag Step, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Connects parties that run in one process. Same contract as a real network: bytes only, ordered per pair and step, every wait
/// bounded, a party that leaves is noticed. Payloads are copied, so that parties share no memory.
/// </summary>
public sealed class InProcessNetwork(TimeSpan patience, TimeProvider? time = null)
{
    private readonly ConcurrentDictionary<(PartyId From, PartyId To, string Step), Mailbox> _mailboxes = new();
    private readonly ConcurrentDictionary<PartyId, TaskCompletionSource> _gone = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Participants wait so many times longer than the coordinator: what they wait for may be the coordinator waiting for
    /// somebody else, at each of a sum's five steps.
    /// </summary>
    public const int ParticipantPatienceFactor = 8;

    /// <summary>How long a coordinator waits for a silent peer.</summary>
    public TimeSpan Patience { get; } = patience;

    /// <summary>Bytes and messages sent so far.</summary>
    public TrafficMeter Traffic { get; } = new();

    /// <summary>
    /// Sees every message before delivery and may replace it or, by returning null, lose it. For recording transcripts and
    /// for testing what faulty and dishonest parties can do.
    /// </summary>
    public Func<Envelope, Envelope?>? Intercept { get; init; }

    /// <summary>Told of every message when its recipient has it: sender, recipient, step. Messages of the same three come in order.</summary>
    internal Action<PartyId, PartyId, StepTag>? Received { get; init; }

    /// <summary>The party's end of the network.</summary>
    public IChannel Connect(Party party)
    {
        ArgumentNullException.ThrowIfNull(party);
        return new Channel(this, party.Id, party.Role == PartyRole.Coordinator ? Patience : ParticipantPatienceFactor * Patience);
    }

    /// <summary>The party has left: what it sent before is still delivered, whoever waits for more is told.</summary>
    public void Disconnect(PartyId party) => Departure(party).TrySetResult();

    private TaskCompletionSource Departure(PartyId party) =>
        _gone.GetOrAdd(party, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private Mailbox MailboxFor(PartyId from, PartyId to, StepTag step) => _mailboxes.GetOrAdd((from, to, step.Path), _ => new Mailbox());

    /// <param name="envelope">The message.</param>
    /// <param name="owned">Its bytes when nobody else will write to them, so that they need no copy.</param>
    private void Send(Envelope envelope, byte[]? owned = null)
    {
        if (Departure(envelope.From).Task.IsCompleted) throw new PeerUnavailableException(envelope.From, envelope.Step, "this party has left the run");
        Traffic.Count(envelope);
        if (Intercept is not null)
        {
            if (Intercept(envelope) is not { } replaced) return;
            if (!replaced.Payload.Equals(envelope.Payload)) owned = null;
            envelope = replaced;
        }
        if (Departure(envelope.To).Task.IsCompleted) throw new PeerUnavailableException(envelope.To, envelope.Step, "it has left the run");
        var message = owned ?? envelope.Payload.ToArray();
        // A mailbox that has just been taken away takes nothing more: the next one does.
        while (!MailboxFor(envelope.From, envelope.To, envelope.Step).TryPut(message)) Thread.Yield();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId self, TimeSpan patience, PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken)
    {
        Mailbox mailbox;
        TaskCompletionSource<byte[]>? waiter;
        while (!(mailbox = MailboxFor(from, self, step)).TryTake(out waiter)) Thread.Yield();
        try
        {
            // A peer's goodbye must not overtake what it sent before: the mailbox is looked at once more.
            if (!waiter.Task.IsCompleted) await WaitAsync(waiter.Task, self, patience, from, step, cancellationToken);
        }
        catch when (mailbox.GiveUp(waiter))
        {
            Remove(from, self, step, mailbox);
            throw;
        }
        catch
        {
            // The message came at the last moment: it is there for whoever asks again.
            mailbox.PutBack(await waiter.Task);
            throw;
        }
        var payload = await waiter.Task;
        Remove(from, self, step, mailbox);
        Received?.Invoke(from, self, step);
        return payload.Length <= maximumBytes
            ? payload
            : throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{from} sent {payload.Length} bytes at {step}; at most {maximumBytes} are accepted.", step.Path, from);
    }

    private void Remove(PartyId from, PartyId to, StepTag step, Mailbox mailbox)
    {
        if (mailbox.TryClose()) _mailboxes.TryRemove(KeyValuePair.Create((from, to, step.Path), mailbox));
    }

    private async Task WaitAsync(Task<byte[]> message, PartyId self, TimeSpan patience, PartyId from, StepTag step, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var ended = Task.Delay(Timeout.InfiniteTimeSpan, linked.Token);
        var first = await Task.WhenAny(message, Departure(from).Task, Departure(self).Task, ended);
        await linked.CancelAsync();
        if (message.IsCompleted) return;
        cancellationToken.ThrowIfCancellationRequested();
        throw first == ended
            ? new PeerUnavailableException(from, step, $"no message within {patience.TotalSeconds:0.#} s") { TimedOut = true }
            : new PeerUnavailableException(from, step, first == Departure(self).Task ? "this party has left the run" : "it has left the run");
    }

    private sealed class Channel(InProcessNetwork network, PartyId self, TimeSpan patience) : IChannel
    {
        public ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            network.Send(new Envelope(self, to, step, payload));
            return ValueTask.CompletedTask;
        }

        public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken) =>
            network.ReceiveAsync(self, patience, from, step, maximumBytes, cancellationToken);

        /// <summary>Memory is shared by all parties here, so a message is one piece.</summary>
        public async ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(chunks);
            var message = new byte[bytes];
            var filled = 0;
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                if (chunk.Length > message.Length - filled) throw new ArgumentException($"More than the announced {bytes} bytes.", nameof(chunks));
                chunk.CopyTo(message.AsMemory(filled));
                filled += chunk.Length;
            }
            if (filled < message.Length) throw new ArgumentException($"{filled} of the announced {bytes} bytes.", nameof(chunks));
            network.Send(new Envelope(self, to, step, message), message);
        }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(
            PartyId from, StepTag step, long maximumBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return await network.ReceiveAsync(self, patience, from, step, (int)Math.Min(maximumBytes, Array.MaxLength), cancellationToken);
        }
    }

    /// <summary>Messages of one sender, recipient and step, in order. Thread-safe.</summary>
    private sealed class Mailbox
    {
        private readonly LinkedList<byte[]> _messages = new();
        private readonly LinkedList<TaskCompletionSource<byte[]>> _waiting = new();
        private bool _closed;

        /// <summary>False when the mailbox was taken away.</summary>
        public bool TryPut(byte[] message)
        {
            TaskCompletionSource<byte[]> waiter;
            lock (_messages)
            {
                if (_closed) return false;
                if (_waiting.First is not { } first)
                {
                    _messages.AddLast(message);
                    return true;
                }
                waiter = first.Value;
                _waiting.RemoveFirst();
            }
            waiter.SetResult(message);
            return true;
        }

        /// <summary>The next message, now or later; false when the mailbox was taken away.</summary>
        public bool TryTake([NotNullWhen(true)] out TaskCompletionSource<byte[]>? waiter)
        {
            waiter = null;
            lock (_messages)
            {
                if (_closed) return false;
                waiter = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_messages.First is { } first)
                {
                    _messages.RemoveFirst();
                    waiter.SetResult(first.Value);
                }
                else _waiting.AddLast(waiter);
                return true;
            }
        }

        /// <summary>Nobody waits there any more; false when a message has come meanwhile.</summary>
        public bool GiveUp(TaskCompletionSource<byte[]> waiter)
        {
            lock (_messages) return _waiting.Remove(waiter);
        }

        /// <summary>Puts a message where it came from.</summary>
        public void PutBack(byte[] message)
        {
            lock (_messages) _messages.AddFirst(message);
        }

        /// <summary>Takes the mailbox away when it is empty.</summary>
        public bool TryClose()
        {
            lock (_messages) return _closed |= _messages.Count == 0 && _waiting.Count == 0;
        }
    }
}
