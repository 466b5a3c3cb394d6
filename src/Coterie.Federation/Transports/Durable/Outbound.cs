using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Federation.Transports.Durable;

/// <summary>What goes to one peer in one run: messages that are on this party's disk, in their order, until acknowledged. Not thread-safe.</summary>
internal sealed class Outbound(PeerCounters counters)
{
    private readonly SortedDictionary<long, SentMessage> _unacknowledged = [];
    private long _next;
    private long _offset;

    /// <summary>Highest number that may be on the peer's disk: what earlier processes recorded, and what this one put on the wire.</summary>
    public long Ceiling { get; private set; } = counters.Sent;

    /// <summary>Messages recorded so far.</summary>
    public long Sent { get; private set; } = counters.Sent;

    /// <summary>Highest number whose acknowledgement came with a witness, and that.</summary>
    public (long Number, byte[] Witness) Acknowledged { get; private set; } = (counters.AcknowledgedWitness.Length > 0 ? counters.Acknowledged : 0, counters.AcknowledgedWitness);

    /// <summary>Whether the peer has everything.</summary>
    public bool IsEmpty => _unacknowledged.Count == 0;

    /// <summary>Whether everything was put on the wire.</summary>
    public bool IsThrough => _next > Sent;

    public void Add(SentMessage message)
    {
        Sent = Math.Max(Sent, message.Sequence);
        if (message.Sequence > Acknowledged.Number) _unacknowledged.TryAdd(message.Sequence, message);
    }

    /// <summary>The peer has these messages; false where that changes nothing.</summary>
    public bool Acknowledge(long received, byte[] witness)
    {
        if (received <= Acknowledged.Number) return false;
        Acknowledged = (received, witness);
        while (_unacknowledged.Count > 0)
        {
            var first = _unacknowledged.Keys.First();
            if (first > received) break;
            _unacknowledged.Remove(first);
        }
        return true;
    }

    /// <summary>Goes on after what the peer has.</summary>
    public void GoTo(long received, long partial, ReadOnlySpan<byte> digest)
    {
        _next = received + 1;
        _offset = _unacknowledged.TryGetValue(_next, out var message) && partial <= message.Bytes && digest.SequenceEqual(message.Digest) ? partial : 0;
    }

    /// <summary>The next piece to send, or null when there is none for now.</summary>
    public (SentMessage Message, long Offset, int Length)? Next()
    {
        // An acknowledgement may have overtaken what is sent again.
        if (_unacknowledged.Count > 0 && _unacknowledged.Keys.First() is var first && first > _next) (_next, _offset) = (first, 0);
        if (!_unacknowledged.TryGetValue(_next, out var message)) return null;
        Ceiling = Math.Max(Ceiling, message.Sequence);
        return (message, _offset, (int)Math.Min(CarrierLimits.ChunkBytes, message.Bytes - _offset));
    }

    /// <summary>The piece was put on the wire.</summary>
    public void Advance(SentMessage message, long offset, int length)
    {
        if (_next != message.Sequence || _offset != offset) return;
        _offset += length;
        if (_offset == message.Bytes) (_next, _offset) = (_next + 1, 0);
    }
}
