using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>
/// The way to one peer through the relay: agrees a session whenever the peer is there, replaces it when either side lost it, and seals and opens frames.
/// Talks to nobody itself; what is to be sent is returned. Thread-safe; <see cref="Receive"/> and <see cref="Open"/> are called by one reader.
/// </summary>
/// <remarks>
/// An exchange never touches the session in use before it is complete, so what a relay invents or repeats costs an exchange, not a session. Whatever
/// gets lost is sent again until the peer reacts: the offer by the offerer, the answer by the answerer, and, by an answerer without a session or with
/// another one than the peer, the request for an offer. An offer makes at most one session, and its key is forgotten then.
/// </remarks>
internal sealed class PeerSession : IDisposable
{
    private const int AnswerRepeats = 3;

    private readonly Lock _gate = new();
    private readonly SessionExchange _exchange;
    private readonly SessionTimings _timings;
    private readonly TimeProvider _time;
    private readonly Allowance _allowance;
    private readonly bool _offers;
    private bool _present;
    private SealedSession? _session;
    private ulong _replaced;
    private long _began;
    private bool _open;
    private SessionConfirm? _confirm;
    private (EphemeralKey Key, SessionOffer Offer, Repetition Again)? _offered;
    private (SessionOffer Offer, SessionAnswer Answer, UnconfirmedSession Session, Repetition Again)? _answered;
    private (ulong Ended, Repetition Again)? _requested;

    /// <summary>The way from <paramref name="self"/> to <paramref name="peer"/>.</summary>
    public PeerSession(NodeIdentity self, PartyId peer, SessionTimings timings, TimeProvider time)
    {
        Peer = peer;
        _exchange = new SessionExchange(self, peer);
        _timings = timings;
        _time = time;
        _allowance = new Allowance(time, timings.Burst, timings.Recovery);
        _offers = self.Name.CompareTo(peer) < 0;
    }

    /// <summary>The other side.</summary>
    public PartyId Peer { get; }

    /// <summary>Whether a session is in use.</summary>
    public bool IsUp
    {
        get { lock (_gate) return _session is not null; }
    }

    /// <summary>Whether something is unanswered, so that <see cref="Tick"/> may have something to do.</summary>
    public bool IsBusy
    {
        get { lock (_gate) return _present && (_offered is not null || _answered is not null || _requested is not null || _session is null || _session.Sent >= _timings.FramesPerSession); }
    }

    /// <summary>The relay says that the peer has come, or gone.</summary>
    public SessionReaction Presence(bool up)
    {
        lock (_gate)
        {
            if (up == _present) return SessionReaction.None;
            var wentDown = Forget();
            _present = up;
            return up ? Begin() with { WentDown = wentDown } : new SessionReaction { WentDown = wentDown };
        }
    }

    /// <summary>A message of an exchange has come from the peer.</summary>
    /// <exception cref="MalformedPacketException">It is none.</exception>
    public SessionReaction Receive(RelayKind kind, ReadOnlyMemory<byte> body)
    {
        lock (_gate)
        {
            _present = true;   // it speaks, so it is there, even if the relay has not said so yet
            try
            {
                return kind switch
                {
                    RelayKind.Offer => OnOffer(ControlMessages.Parse(SessionOffer.Parser, body)),
                    RelayKind.Answer => OnAnswer(ControlMessages.Parse(SessionAnswer.Parser, body)),
                    RelayKind.Confirm => OnConfirm(ControlMessages.Parse(SessionConfirm.Parser, body)),
                    RelayKind.Request => OnRequest(ControlMessages.Parse(SessionRequest.Parser, body)),
                    _ => throw new MalformedPacketException($"A relayed content of kind {kind} where a session's message is expected."),
                };
            }
            catch (SessionException e)
            {
                return new SessionReaction { Problem = e.Message };
            }
        }
    }

    /// <summary>Opens the peer's next frame where it lies; false when there is none to deliver, and then the session may have ended.</summary>
    public bool Open(SealedView frame, out Memory<byte> content, out SessionReaction reaction)
    {
        lock (_gate)
        {
            (content, reaction) = (default, SessionReaction.None);
            if (_session is null || frame.Session != _session.Label)
            {
                // Late, of a session that has been replaced; or the peer holds one that this side does not have. In a young session it is late.
                if (_session is not null && (IsYoung || (frame.Session == _replaced && MayBeUnconfirmed))) return false;
                if (_requested is { } requested) _requested = requested with { Ended = frame.Session };
                else if (_offered is null && _answered is null && _allowance.TryTake()) reaction = Begin(frame.Session);
                return false;
            }
            try
            {
                content = _session.Open(frame);
                return true;
            }
            catch (SessionException e)
            {
                // A frame is lost, so the session ends: who uses it must know that not everything arrived.
                var wentDown = Forget();
                reaction = (_allowance.TryTake() ? Begin(frame.Session) : SessionReaction.None) with { WentDown = wentDown, Problem = e.Message };
                return false;
            }
        }
    }

    /// <summary>Frames may be sent: what the last reaction wanted sent is on its way, and they will come after it.</summary>
    public void Begun()
    {
        lock (_gate) _open = _session is not null;
    }

    /// <summary>Seals a frame and hands it to <paramref name="enqueue"/>, in the order of the counters; false when no session is in use or it is not taken.</summary>
    public bool TrySend(ReadOnlySpan<byte> frame, Func<OutgoingPacket, bool> enqueue)
    {
        lock (_gate)
        {
            if (!_open || _session is null || _session.Sent >= 2 * _timings.FramesPerSession) return false;
            var packet = OutgoingPacket.Relay(Peer, SealedView.FieldBytes(frame.Length), out var content);
            _session.Seal(frame, content);
            return enqueue(packet);
        }
    }

    /// <summary>Sends again what is unanswered for too long; to be called now and then while <see cref="IsBusy"/>.</summary>
    public SessionReaction Tick()
    {
        lock (_gate)
        {
            if (!_present) return SessionReaction.None;
            if (_offered is { } offered) return offered.Again.TryTake() ? new SessionReaction(RelayKind.Offer, offered.Offer) : SessionReaction.None;
            if (_answered is { } answered)
            {
                if (!answered.Again.TryTake()) return SessionReaction.None;
                if (answered.Again.Count <= AnswerRepeats) return new SessionReaction(RelayKind.Answer, answered.Answer);
                DropAnswer();
            }
            if (_requested is { } requested)
            {
                // Without a session any will do; with one, only if the peer still holds the other.
                var request = new SessionRequest { Ended = _session is null ? 0 : requested.Ended };
                return requested.Again.TryTake() ? new SessionReaction(RelayKind.Request, request) : SessionReaction.None;
            }
            return _session is not null && _session.Sent < _timings.FramesPerSession ? SessionReaction.None : Begin();
        }
    }

    /// <summary>Forgets all keys; nothing can be sent or opened until the peer comes again.</summary>
    /// <returns>Whether a session was in use.</returns>
    public bool Reset()
    {
        lock (_gate)
        {
            _present = false;
            return Forget();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Reset();

    private SessionReaction OnOffer(SessionOffer offer)
    {
        if (_offers) return new SessionReaction { Problem = $"{Peer} made an offer; of two parties the one whose name sorts first does." };
        if (!_allowance.TryTake()) return SessionReaction.None;
        if (_answered is { } known && known.Offer.Equals(offer)) return new SessionReaction(RelayKind.Answer, known.Answer);
        var (answer, session) = _exchange.Answer(offer);
        DropAnswer();
        _answered = (offer, answer, session, Again());
        return new SessionReaction(RelayKind.Answer, answer);
    }

    private SessionReaction OnAnswer(SessionAnswer answer)
    {
        if (!_offers) return new SessionReaction { Problem = $"{Peer} answered an offer that was not made." };
        if (!_allowance.TryTake()) return SessionReaction.None;
        if (_session is not null && _confirm is not null && _session.Is(answer.Session.Span)) return new SessionReaction(RelayKind.Confirm, _confirm);
        if (_offered is not { } offered) return SessionReaction.None;   // of an exchange that is over: a message that was late or repeated
        var (confirm, session) = _exchange.Confirm(offered.Key, answer);
        var wentDown = Forget();
        (_session, _confirm, _began) = (session, confirm, _time.GetTimestamp());
        return new SessionReaction(RelayKind.Confirm, confirm) { WentDown = wentDown, CameUp = session.Peer };
    }

    private SessionReaction OnConfirm(SessionConfirm confirm)
    {
        if (_offers) return new SessionReaction { Problem = $"{Peer} confirmed an offer that it did not make." };
        if (_answered is not { } answered) return SessionReaction.None;   // late or repeated
        if (!_allowance.TryTake()) return SessionReaction.None;
        _exchange.Check(answered.Session, confirm);
        var session = answered.Session.Take();
        var wentDown = Forget();
        (_session, _began) = (session, _time.GetTimestamp());
        return new SessionReaction { WentDown = wentDown, CameUp = session.Peer };
    }

    private SessionReaction OnRequest(SessionRequest request)
    {
        if (!_offers) return new SessionReaction { Problem = $"{Peer} asked for an offer; of two parties the one whose name sorts first makes it." };
        if (!_allowance.TryTake()) return SessionReaction.None;
        // It may have been on its way while the session was agreed: then it is about another one, or, if it names none, comes again.
        if (_session is not null && (request.Ended == 0 ? IsYoung : request.Ended != _session.Label)) return SessionReaction.None;
        return _offered is { } offered ? new SessionReaction(RelayKind.Offer, offered.Offer) : Begin();
    }

    /// <summary>Starts an exchange; the session in use, if there is one, stays until it is complete.</summary>
    /// <param name="ended">The session that the peer holds and this side does not; 0 when there is none.</param>
    private SessionReaction Begin(ulong ended = 0)
    {
        if (!_offers)
        {
            _requested = (ended, Again());
            return new SessionReaction(RelayKind.Request, new SessionRequest { Ended = ended });
        }
        DropOffer();
        var key = new EphemeralKey();
        _offered = (key, _exchange.Offer(key), Again());
        return new SessionReaction(RelayKind.Offer, _offered.Value.Offer);
    }

    /// <summary>Whether messages from before the session may still be on their way.</summary>
    private bool IsYoung => _time.GetElapsedTime(_began) < _timings.FirstRepeat;

    /// <summary>Whether the peer may still be about to learn that the session has begun: longer than it sends its answer again.</summary>
    private bool MayBeUnconfirmed => _time.GetElapsedTime(_began) < ((1 << (AnswerRepeats + 1)) * _timings.FirstRepeat);

    private Repetition Again() => new(_time, _timings.FirstRepeat, _timings.LongestRepeat);

    private bool Forget()
    {
        DropOffer();
        DropAnswer();
        _requested = null;
        _confirm = null;
        if (_session is null) return false;
        _replaced = _session.Label;
        _open = false;
        _session.Dispose();
        _session = null;
        return true;
    }

    private void DropOffer()
    {
        _offered?.Key.Dispose();
        _offered = null;
    }

    private void DropAnswer()
    {
        _answered?.Session.Dispose();
        _answered = null;
    }
}
