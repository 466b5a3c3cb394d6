using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Transports.Durable;

/// <summary>
/// What one peer sends in one run. Messages count in their order: the next one is put together, in memory or in the spool, checked, stored, and only
/// then acknowledged; anything else makes the peer go back. Called for one frame at a time.
/// </summary>
internal sealed class Inbound : IDisposable
{
    /// <summary>So often may a message arrive with another digest than announced before the peer is not listened to any more; no honest one does over a sound carrier.</summary>
    private const int MostDamaged = 64;

    private readonly RunChannelOptions _options;
    private readonly PartyId _peer;
    private readonly Mailbox _mailbox;
    private Partial? _partial;
    private bool _wentBack;
    private int _damaged;

    public Inbound(RunChannelOptions options, PartyId peer, Mailbox mailbox, PeerCounters counters, bool leftovers)
    {
        _options = options;
        _peer = peer;
        _mailbox = mailbox;
        Mark = new InboundMark(counters.Received, counters.ReceivedWitness);
        if (leftovers && Messages.FindIncoming(peer, Received + 1, out var digest) is { } file) _partial = new Partial(null, digest, file.Length, file, null);
    }

    /// <summary>How far the peer's messages are on the disk.</summary>
    public InboundMark Mark { get; private set; }

    /// <summary>Messages of the peer that are on the disk.</summary>
    public long Received => Mark.Received;

    /// <summary>Whether messages were turned away because too many lie unasked for.</summary>
    public bool Full { get; private set; }

    /// <summary>How much of the next message is here, and the digest announced for it.</summary>
    public (long Bytes, byte[] Digest) Progress => _partial is { Length: > 0 } partial ? (partial.Length, partial.Digest) : (0, []);

    private MessageStore Messages => _options.Store.Messages;

    /// <summary>Takes a piece; says what the peer is to be told, and the message where this completes one.</summary>
    /// <exception cref="StoreException">The disk does not take it; nothing is acknowledged.</exception>
    public async ValueTask<InboundResult> TakeAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var sequence = (long)chunk.Sequence;
        if (sequence <= Received) return InboundResult.Acknowledge;
        if (sequence > Received + 1) return GoBack();
        var (total, offset) = ((long)chunk.Total, (long)chunk.Offset);
        if (total > _options.MaximumMessageBytes) return InboundResult.TooLong;
        if (_partial is null || !_partial.IsOf(chunk))
        {
            if (offset != 0) return GoBack();
            if (!_mailbox.HasRoom(_peer, total))
            {
                Full = true;
                return InboundResult.Resume;
            }
            Drop();
            _partial = Begin(chunk, total);
        }
        if (offset < _partial.Length) return InboundResult.Nothing;
        if (offset > _partial.Length) return GoBack();
        _wentBack = false;
        await _partial.AppendAsync(chunk.Content.Memory, cancellationToken);
        return _partial.Length < total ? InboundResult.More : await CompleteAsync(chunk, _partial);
    }

    /// <summary>Whether there is room again, so that the peer may go on.</summary>
    public bool Reopen()
    {
        if (!Full || !_mailbox.HasRoom(_peer, 0)) return false;
        Full = false;
        return true;
    }

    public void Dispose()
    {
        _partial?.File?.Dispose();
        _partial = null;
    }

    private Partial Begin(Chunk chunk, long total) => total <= Spool.LargestInState
        ? new Partial(chunk, chunk.Digest.ToByteArray(), 0, null, new byte[total])
        : new Partial(chunk, chunk.Digest.ToByteArray(), 0, Messages.OpenIncoming(_peer, (long)chunk.Sequence, chunk.Digest.Span), null);

    private async ValueTask<InboundResult> CompleteAsync(Chunk chunk, Partial partial)
    {
        if (!CryptographicOperations.FixedTimeEquals(partial.Complete(), partial.Digest))
        {
            Drop();
            return ++_damaged > MostDamaged ? InboundResult.Damaged : InboundResult.Resume;
        }
        var key = new MessageKey(_peer, chunk.Step, (int)chunk.Index);
        var message = new ReceivedMessage(key, (long)chunk.Sequence, chunk.Witness.ToByteArray(), (long)chunk.Total, partial.Memory, partial.File?.Name);
        var arrival = await Messages.RecordReceivedAsync(message);
        if (arrival == Arrival.OutOfOrder) throw new System.Diagnostics.UnreachableException($"{_peer} was at message {Received}; the store disagrees.");
        Mark = new InboundMark(message.Sequence, message.Witness);
        if (arrival == Arrival.Stored) Dispose();
        else Drop();
        return arrival == Arrival.Stored ? InboundResult.Stored(message) : InboundResult.Acknowledge;
    }

    private void Drop()
    {
        _partial?.File?.Delete();
        _partial = null;
    }

    /// <summary>A frame was lost or overtaken: the peer is told once, until it has gone back.</summary>
    private InboundResult GoBack()
    {
        if (_wentBack) return InboundResult.Nothing;
        _wentBack = true;
        return InboundResult.Resume;
    }

    /// <summary>Forgets that the peer was told to go back, in case the word was lost.</summary>
    public void Remind() => _wentBack = false;

    /// <summary>A message of which some is here.</summary>
    private sealed class Partial(Chunk? first, byte[] digest, long length, SpoolFile? file, byte[]? memory)
    {
        public byte[] Digest { get; } = digest;

        public long Length { get; private set; } = length;

        public SpoolFile? File { get; } = file;

        public byte[]? Memory { get; } = memory;

        /// <summary>What an earlier process left says no more than the digest; at the end that decides.</summary>
        public bool IsOf(Chunk chunk) => chunk.Digest.Span.SequenceEqual(Digest)
            && (first is null ? (long)chunk.Total >= Length && File is not null : chunk.Total == first.Total && chunk.Step == first.Step && chunk.Index == first.Index);

        public async ValueTask AppendAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (File is not null) await File.AppendAsync(content, cancellationToken);
            else content.CopyTo(Memory.AsMemory((int)Length));
            Length += content.Length;
        }

        public byte[] Complete() => File is not null ? File.Complete() : SHA256.HashData(Memory!);
    }
}
