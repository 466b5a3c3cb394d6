using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Transports.Durable;

/// <summary>Ends waits that have lasted long enough, by the run's <see cref="RunPatience"/>.</summary>
internal sealed class Watch : IDisposable
{
    /// <summary>A silent peer is given so many times what the median peer took.</summary>
    private const int MedianFactor = 10;

    /// <summary>
    /// A silent peer is given so much at least: fast steps say little about a slow machine. One that is awaited alone, while a third party waits too, is
    /// given just that: it has nobody to be compared with. Where several are awaited and few are there, the step may be a long one.
    /// </summary>
    private static readonly TimeSpan LeastSilence = TimeSpan.FromMinutes(5);

    /// <summary>When a run without a deadline ends.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(30);

    private readonly RunChannel _channel;
    private readonly Mailbox _mailbox;
    private readonly ImmutableDictionary<PartyId, PeerLink> _links;
    private readonly RunPatience _patience;
    private readonly DateTimeOffset _deadline;
    private readonly bool _coordinates;
    private readonly bool _othersWait;
    private readonly ITimer _timer;

    public Watch(RunChannel channel, Mailbox mailbox, ImmutableDictionary<PartyId, PeerLink> links)
    {
        _channel = channel;
        _mailbox = mailbox;
        _links = links;
        _patience = channel.Options.Patience;
        _deadline = _patience.Deadline ?? channel.Time.GetUtcNow() + LongestRun;
        _coordinates = channel.Board.Self == channel.Options.Roster.Coordinator;
        _othersWait = links.Count > 1;
        // Often enough for the shortest patience, never so often that it costs anything.
        var shortest = new[] { _patience.Absence, _patience.Silence ?? LeastSilence, channel.Options.Stall }.Min() / 4;
        var period = TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds, 10, 250));
        _timer = channel.Time.CreateTimer(_ => LookAtAll(), null, period, period);
    }

    /// <summary>Looks at one wait as it begins.</summary>
    public void Look(Waiter waiter)
    {
        if (_channel.Time.GetUtcNow() >= _deadline)
        {
            var text = $"The run's deadline, {_deadline:yyyy-MM-dd HH:mm:ss} UTC, has passed while {_channel.Board.Self} waits for {waiter.Key.Peer} at {waiter.Key}.";
            _mailbox.Fail(waiter, new ProtocolException(ProtocolErrorCode.Aborted, text, waiter.Key.Step));
        }
        else if (Judge(waiter) is { } absence) _mailbox.GiveUp(waiter, absence);
    }

    public void Dispose() => _timer.Dispose();

    private void LookAtAll()
    {
        foreach (var waiter in _mailbox.Waiters()) Look(waiter);
        foreach (var link in _links.Values) link.Nudge(_channel.Options.Stall);
    }

    /// <summary>Why the wait is over; null while it goes on.</summary>
    private Absence? Judge(Waiter waiter)
    {
        var link = _links[waiter.Key.Peer];
        if (link.GoneReason is { } reason) return new Absence(reason, TimedOut: false);
        return link.IsUp ? JudgeSilence(waiter, link) : JudgeAbsence(link);
    }

    private Absence? JudgeAbsence(PeerLink link)
    {
        var since = link.Since;
        if (!_coordinates)
        {
            // Participants reach each other through the coordinator: while it is away nobody can be told from absent, and it is waited for.
            var coordinator = _links[_channel.Options.Roster.Coordinator];
            if (link == coordinator || !coordinator.IsUp) return null;
            since = Math.Max(since, coordinator.Since);
        }
        return Elapsed(since) >= _patience.Absence
            ? new Absence($"it has been disconnected for {_patience.Absence.TotalSeconds:0.#} s", TimedOut: false)
            : null;
    }

    private Absence? JudgeSilence(Waiter waiter, PeerLink link)
    {
        if (!_coordinates) return null;
        var patience = _patience.Silence;
        if (patience is null && _mailbox.MedianFor(waiter.Key.Step, _channel.Time) is { } median)
            patience = MedianFactor * median > LeastSilence ? MedianFactor * median : LeastSilence;
        else if (patience is null && _othersWait && _mailbox.AwaitsOnlyOne(waiter.Key.Step)) patience = LeastSilence;
        return patience is { } limit && Elapsed(Math.Max(waiter.Since, Math.Max(link.Since, link.LastHeard))) >= limit
            ? new Absence($"it is connected and sent nothing within {limit.TotalSeconds:0.#} s", TimedOut: true)
            : null;
    }

    private TimeSpan Elapsed(long since) => _channel.Time.GetElapsedTime(since);
}
