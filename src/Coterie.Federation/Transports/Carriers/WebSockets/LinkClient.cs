using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Identity;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// The connection of a participant, helper or model owner to the coordinator, and through it, sealed end to end, to other parties. Connects outward only and keeps
/// reconnecting, with growing random waits.
/// </summary>
/// <remarks>
/// When another process connects with the same identity, the coordinator replaces this connection. This side then stands by: it asks again at the
/// longest wait, and is taken only when the other is gone. Otherwise two processes would replace each other for ever. Whoever answers at the address
/// with a certificate that is not the coordinator's is no reason to give up: the coordinator may be there the next time.
/// </remarks>
internal sealed class LinkClient : ICarrier
{
    private readonly ConcurrentDictionary<PartyId, bool> _wanted = new();
    private readonly NodeIdentity _identity;
    private readonly LinkOptions _options;
    private readonly LinkDialer _dialer;
    private readonly string _address;
    private volatile ClientLink? _link;
    private volatile CancellationTokenSource? _judging;

    /// <summary>A connection to come; <see cref="RunAsync"/> makes it.</summary>
    /// <param name="address">The coordinator's host and port.</param>
    /// <param name="identity">Who connects.</param>
    /// <param name="coordinator">The coordinator's name, if it must be a certain one; its certificate proves it.</param>
    /// <param name="options">Waits and bounds.</param>
    /// <exception cref="IdentityException">The identity is a coordinator's.</exception>
    public LinkClient(DnsEndPoint address, NodeIdentity identity, PartyId? coordinator, LinkOptions options)
    {
        if (identity.Role == PartyRole.Coordinator) throw new IdentityException(IdentityReason.WrongRole, $"{identity.Name} is a coordinator; participants, helpers and model owners connect.");
        _identity = identity;
        _options = options;
        _address = $"{address.Host}:{address.Port}";
        _dialer = new LinkDialer(address, identity, coordinator, options);
    }

    /// <inheritdoc/>
    public PartyId Self => _identity.Name;

    /// <summary>Why there is no connection at the moment; null when there is one or none was tried.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var guarded = new GuardedReceiver(receiver);
        var standby = false;
        var wait = _options.FirstBackoff;
        while (true)
        {
            var began = _options.Time.GetTimestamp();
            try
            {
                await ConnectOnceAsync(guarded, standby, () => standby = false, cancellationToken);
                Problem = "The connection was closed.";
            }
            catch (LinkRefusedException e) when (RefusalReasons.IsFinal(e.Reason))
            {
                throw new CarrierRefusedException(e.Message, e);
            }
            catch (LinkRefusedException e)
            {
                standby |= e.Reason == Reason.Replaced;
                Problem = e.Message;
            }
            catch (Exception e) when (e is IOException or WebSocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                Problem = e.Message;
            }
            if (guarded.Failed.IsFaulted) await guarded.Failed;
            LinkLog.Unreachable(_options.Log, _address, Problem);
            // Only a connection that held for a while shows that all is well again.
            if (_options.Time.GetElapsedTime(began) > _options.LongestBackoff) wait = _options.FirstBackoff;
            await Task.Delay(Spread(standby ? _options.LongestBackoff : wait), _options.Time, cancellationToken);
            wait = 2 * wait < _options.LongestBackoff ? 2 * wait : _options.LongestBackoff;
        }
    }

    /// <inheritdoc/>
    public void Expect(PartyId peer)
    {
        if (_wanted.TryAdd(peer, true)) _link?.Want(peer);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, CarrierLimits.MaximumFrameBytes);
        if (_link is not { } link) return ValueTask.FromResult(false);
        Expect(to);
        return link.SendAsync(to, frame, cancellationToken);
    }

    /// <summary>
    /// Judges the coordinator's and the peers' certificates again, by making a new connection; to be called when the list of revoked ones changes.
    /// </summary>
    public void Recheck()
    {
        try
        {
            _judging?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // That connection has just ended; the next one is judged anyway.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task ConnectOnceAsync(IFrameReceiver receiver, bool standby, Action connected, CancellationToken cancellationToken)
    {
        using var judging = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var link = new ClientLink(await _dialer.DialAsync(standby, cancellationToken), _identity, _options, receiver);
        connected();
        Problem = null;
        LinkLog.Reached(_options.Log, link.Coordinator.Id, _address);
        (_link, _judging) = (link, judging);
        try
        {
            await link.ReadAsync(_wanted.Keys, judging.Token);
        }
        finally
        {
            (_link, _judging) = (null, null);
        }
    }

    /// <summary>Half the wait and a random part of the other half: parties that lost the same coordinator do not come back all at once.</summary>
    private static TimeSpan Spread(TimeSpan wait) =>
        (wait / 2) + (wait / 2 * (BitConverter.ToUInt32(CryptographicRandom.Instance.Bytes(sizeof(uint))) / (double)uint.MaxValue));
}
