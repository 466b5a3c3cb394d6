using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Durable;

/// <summary>One peer in one run: what is sent to it and taken from it, over as many connections as it takes. Thread-safe.</summary>
/// <remarks>
/// After a connection comes up each side says with <c>Resume</c> what it has; messages follow once the other's has arrived. Only the pump sends, so
/// taking a frame never waits for the peer to take one.
/// </remarks>
internal sealed class PeerLink : IAsyncDisposable
{
    private readonly RunChannel _channel;
    private readonly Party _party;
    private readonly Inbound _inbound;
    private readonly Outbound _outbound;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _taking = new(1);
    private readonly bool _alwaysExpected;
    private Task _pump = Task.CompletedTask;
    private bool _pumping, _expected, _blocked;
    private bool _ready, _peerFull;
    private bool _owesResume, _owesAnswer, _owesAcknowledgement;
    private (bool Failed, string Reason)? _farewell;
    private bool _farewellSent;
    private Departure? _departure;
    private string? _refusal;
    private long _lastProgress;
    private long _epoch;

    public PeerLink(RunChannel channel, Party party, PeerCounters counters, IEnumerable<SentMessage> unacknowledged, Mailbox mailbox, bool leftovers, bool expect)
    {
        _channel = channel;
        _party = party;
        _inbound = new Inbound(channel.Options, party.Id, mailbox, counters, leftovers);
        _outbound = new Outbound(counters);
        foreach (var message in unacknowledged) _outbound.Add(message);
        _alwaysExpected = expect || !_outbound.IsEmpty;
        Since = Now;
    }

    /// <summary>The peer.</summary>
    public PartyId Peer => _party.Id;

    /// <summary>Whether the peer is connected with the identity of the roster.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Timestamp of when it came up, or went down, or was first looked for.</summary>
    public long Since { get; private set; }

    /// <summary>Timestamp of when it last sent something of a message that was not here before.</summary>
    public long LastHeard { get; private set; }

    /// <summary>Whether everything sent has arrived, or never will.</summary>
    public bool IsDrained
    {
        get { lock (_gate) return _outbound.IsEmpty || Gone is not null; }
    }

    /// <summary>Whether the peer has everything sent on its disk, or left because its part was done.</summary>
    public bool IsDelivered
    {
        get { lock (_gate) return _outbound.IsEmpty || (_refusal is null && Gone is not null && !_departure!.Failed); }
    }

    /// <summary>Whether the peer was told that this party leaves, or cannot be told.</summary>
    public bool IsFarewellSent
    {
        get { lock (_gate) return _farewellSent || !IsUp || _blocked; }
    }

    /// <summary>Why nothing more comes from the peer, connected or not; null while something may.</summary>
    public string? GoneReason
    {
        get { lock (_gate) return Gone; }
    }

    private string? Gone => _refusal
        ?? (_departure is { } departure && _inbound.Received >= (long)departure.Sent
            ? departure.Failed ? $"it has left the run: {departure.Reason}" : "it has left the run"
            : null);

    private long Now => _channel.Time.GetTimestamp();

    /// <summary>Asks the carrier for a way to the peer.</summary>
    public void Expect()
    {
        lock (_gate)
        {
            if (_expected) return;
            _expected = true;
            if (!IsUp) Since = Now;
        }
        _channel.Board.Carrier.Expect(Peer);
    }

    public void Start()
    {
        if (_alwaysExpected) Expect();
    }

    public void Send(SentMessage message)
    {
        lock (_gate) _outbound.Add(message);
        Expect();
        Wake();
    }

    /// <summary>Tells the peer, after all messages, that this party leaves.</summary>
    public void Depart(bool failed, string reason)
    {
        lock (_gate)
        {
            _farewell = (failed, reason.Length > 1024 ? reason[..1024] : reason);
            _farewellSent = false;
        }
        Wake();
    }

    public void OnUp(Party party)
    {
        lock (_gate)
        {
            // Another key or role under the same name is another party.
            if (party.Role != _party.Role || !CryptographicOperations.FixedTimeEquals(party.IdentityKey.AsSpan(), _party.IdentityKey.AsSpan()))
            {
                IsUp = false;
                _channel.Board.Refuse(Peer);
                return;
            }
            (IsUp, Since, _lastProgress) = (true, Now, Now);
            (_ready, _blocked, _peerFull, _farewellSent) = (false, false, false, false);
            _epoch++;
            _owesResume = true;
            _inbound.Remind();
        }
        Wake();
    }

    public void OnDown()
    {
        lock (_gate)
        {
            if (IsUp) Since = Now;
            (IsUp, _ready) = (false, false);
        }
        _channel.Pulse();
    }

    /// <summary>Takes a frame; one after the other, also over two connections.</summary>
    public async ValueTask OnFrameAsync(RunFrame frame, CancellationToken cancellationToken)
    {
        await _taking.WaitAsync(cancellationToken);
        try
        {
            lock (_gate)
            {
                if (!IsUp || _refusal is not null)
                {
                    _channel.Board.Refuse(Peer);
                    return;
                }
            }
            switch (frame.BodyCase)
            {
                case RunFrame.BodyOneofCase.Resume: await OnResumeAsync(frame.Resume); break;
                case RunFrame.BodyOneofCase.Chunk: await OnChunkAsync(frame.Chunk, cancellationToken); break;
                case RunFrame.BodyOneofCase.Acknowledgement: OnAcknowledgement((long)frame.Acknowledgement.Received, frame.Acknowledgement.Witness); break;
                case RunFrame.BodyOneofCase.Departure: lock (_gate) _departure = frame.Departure; break;
            }
        }
        finally
        {
            _taking.Release();
        }
        _channel.Pulse();
    }

    /// <summary>There may be room again for what the peer was told to keep.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            if (!_inbound.Reopen()) return;
            _owesResume = true;
        }
        Wake();
    }

    /// <summary>Asks again where nothing has moved for long: no honest carrier loses a frame without a new connection, but asking costs next to nothing.</summary>
    public void Nudge(TimeSpan stall)
    {
        lock (_gate)
        {
            if (!IsUp || _outbound.IsEmpty || Gone is not null || _channel.Time.GetElapsedTime(_lastProgress) < stall) return;
            if (_ready && !_peerFull && !_outbound.IsThrough) return;
            _lastProgress = Now;
            _ready = false;
            _owesResume = true;
            _inbound.Remind();
        }
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        Task pump;
        lock (_gate) pump = _pump;
        await pump;
        await _taking.WaitAsync();
        _inbound.Dispose();
        _taking.Dispose();
    }

    private async ValueTask OnResumeAsync(Resume resume)
    {
        var claim = Judge(resume);
        if (claim is { IsProven: true }) await _channel.RollBackAsync(claim.Text);
        lock (_gate)
        {
            if (claim is not null)
            {
                _refusal = $"it says that {claim.Text}, and cannot prove it";
                return;
            }
            _departure = null;
            if (_outbound.Acknowledge((long)resume.Received, resume.Witness.ToByteArray()))
                _channel.Messages.RecordAcknowledged(Peer, (long)resume.Received, resume.Witness.ToByteArray());
            if (!resume.Answer || !_ready || _peerFull)
            {
                _outbound.GoTo((long)resume.Received, (long)resume.Partial, resume.PartialDigest.Span);
                _epoch++;
            }
            _owesAnswer |= !resume.Answer;
            (_ready, _peerFull, _lastProgress) = (true, resume.Full, Now);
        }
        Wake();
    }

    /// <summary>What the peer says about this party's past, if this party does not remember it; null when all is well.</summary>
    private Claim? Judge(Resume resume)
    {
        lock (_gate)
        {
            if ((long)resume.Received > _outbound.Ceiling)
                return Prove(true, resume.Received, resume.ReceivedWitness, $"{Peer} holds {resume.Received} messages of {_channel.Board.Self}, which remembers sending {_outbound.Ceiling}");
            if ((long)resume.Acknowledged > _inbound.Received)
                return Prove(false, resume.Acknowledged, resume.AcknowledgedWitness, $"{_channel.Board.Self} acknowledged {resume.Acknowledged} messages of {Peer} and remembers {_inbound.Received}");
            return null;
        }
    }

    private Claim Prove(bool sent, ulong number, ByteString witness, string text) =>
        new(text, CryptographicOperations.FixedTimeEquals(witness.Span, _channel.WitnessOf(Peer, sent, (long)number)));

    private async ValueTask OnChunkAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var result = await _inbound.TakeAsync(chunk, cancellationToken);
        if (result.Message is { } message) _channel.Deliver(message);
        lock (_gate)
        {
            // Frames alone do not count: who only repeats, acknowledges or resumes would be waited for without end.
            if (result.Grew) LastHeard = Now;
            switch (result.Action)
            {
                case InboundAction.Wait: return;
                case InboundAction.Acknowledge: _owesAcknowledgement = true; break;
                case InboundAction.Resume: _owesResume = true; break;
                case InboundAction.Refuse: _refusal = result.Reason; return;
            }
        }
        Wake();
    }

    private void OnAcknowledgement(long received, ByteString witness)
    {
        lock (_gate)
        {
            if (received > _outbound.Ceiling) return;
            _lastProgress = Now;
            if (!_outbound.Acknowledge(received, witness.ToByteArray())) return;
        }
        _channel.Messages.RecordAcknowledged(Peer, received, witness.ToByteArray());
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_pumping || !IsUp || _blocked || _channel.IsClosed) return;
            _pumping = true;
            _pump = Task.Run(PumpAsync, CancellationToken.None);
        }
    }

    private async Task PumpAsync()
    {
        using var reader = new OutboundReader(_channel.Messages);
        try
        {
            while (NextFrame(reader) is var (frame, sent, epoch))
            {
                var taken = await _channel.SendAsync(Peer, frame);
                lock (_gate)
                {
                    // After a new connection, or a word to go back, what was taken may be lost: it counts as not sent.
                    if (epoch == _epoch && taken) sent?.Invoke();
                    else if (epoch == _epoch) _blocked = true;
                }
                if (sent is not null) _channel.Pulse();
            }
        }
        catch (OperationCanceledException) when (_channel.IsClosed)
        {
            // The channel was closed; it goes on when it is opened again.
        }
        catch (Exception error)
        {
            // Whatever it is, it ends the run here rather than this peer's messages alone, unseen.
            lock (_gate) _pumping = false;
            _channel.Fail(error);
        }
    }

    /// <summary>What to say next; null, and the pump has stopped, when there is nothing.</summary>
    private (RunFrame Frame, Action? Sent, long Epoch)? NextFrame(OutboundReader reader)
    {
        lock (_gate)
        {
            if (IsUp && !_blocked && !_channel.IsClosed && Choose(reader) is var (frame, sent)) return (frame, sent, _epoch);
            _pumping = false;
            return null;
        }
    }

    private (RunFrame Frame, Action? Sent)? Choose(OutboundReader reader)
    {
        var silenced = _refusal is not null || _channel.Fault is not null;
        if (!silenced && (_owesResume || _owesAnswer))
        {
            var answer = !_owesResume;
            (_owesResume, _owesAnswer, _owesAcknowledgement, _farewellSent) = (false, false, false, false);
            return (new RunFrame { Resume = ResumeFrame(answer) }, null);
        }
        if (!silenced && _owesAcknowledgement)
        {
            _owesAcknowledgement = false;
            var received = _inbound.Received;
            return (new RunFrame { Acknowledgement = new Acknowledgement { Received = (ulong)received, Witness = WitnessOf(sent: false, received) } }, null);
        }
        if (!silenced && _ready && !_peerFull && _outbound.Next() is var (message, offset, length))
        {
            var chunk = reader.Read(message, offset, length);
            chunk.Witness = WitnessOf(sent: true, message.Sequence);
            return (new RunFrame { Chunk = chunk }, () => Advance(message, offset, length));
        }
        if (_farewell is var (failed, reason) && !_farewellSent && (silenced || (_ready && _outbound.IsThrough)))
        {
            // A channel that failed sends nothing more of what it recorded.
            var sent = silenced ? 0 : (ulong)_outbound.Sent;
            return (new RunFrame { Departure = new Departure { Failed = failed, Reason = reason, Sent = sent } }, () => _farewellSent = true);
        }
        return null;
    }

    private void Advance(SentMessage message, long offset, int length)
    {
        _lastProgress = Now;
        _outbound.Advance(message, offset, length);
    }

    private Resume ResumeFrame(bool answer)
    {
        var (bytes, digest) = _inbound.Progress;
        var mark = _inbound.Mark;
        return new Resume
        {
            Received = (ulong)mark.Received,
            ReceivedWitness = UnsafeByteOperations.UnsafeWrap(mark.Witness),
            Acknowledged = (ulong)_outbound.Acknowledged.Number,
            AcknowledgedWitness = UnsafeByteOperations.UnsafeWrap(_outbound.Acknowledged.Witness),
            Partial = (ulong)bytes,
            PartialDigest = UnsafeByteOperations.UnsafeWrap(digest),
            Answer = answer,
            Full = _inbound.Full,
            Witness = WitnessOf(sent: false, mark.Received),
        };
    }

    private ByteString WitnessOf(bool sent, long number) => UnsafeByteOperations.UnsafeWrap(_channel.WitnessOf(Peer, sent, number));

    private sealed record Claim(string Text, bool IsProven);
}
