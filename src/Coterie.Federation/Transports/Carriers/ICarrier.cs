using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers;

/// <summary>
/// One party's connection to its peers: authenticated, confidential, bounded frames, in order per peer while both stay connected. A frame may be
/// lost when a connection breaks, and is never delivered altered, twice within a connection, or in another's name. What must arrive is sent again
/// by those who use it.
/// </summary>
internal interface ICarrier : IAsyncDisposable
{
    /// <summary>This party.</summary>
    PartyId Self { get; }

    /// <summary>Connects, keeps reconnecting, and delivers to <paramref name="receiver"/> until cancelled; what was sent before still leaves if it can.</summary>
    /// <exception cref="CarrierRefusedException">The other side refuses this party for good: its identity is revoked or expired, or speaks another version.</exception>
    Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for a way to <paramref name="peer"/>: the receiver is told when it is up, now or whenever it comes back. Idempotent.
    /// </summary>
    void Expect(PartyId peer);

    /// <summary>
    /// Sends one frame of at most <see cref="CarrierLimits.MaximumFrameBytes"/>; waits while the peer takes no more. False when the peer is not up.
    /// </summary>
    ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);
}

/// <summary>Takes what a carrier delivers.</summary>
internal interface IFrameReceiver
{
    /// <summary>A frame from a peer; those of one peer come one after another, and the next is not read before this returns. The memory is lent until then.</summary>
    ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>The peer can be sent to; its identity has been checked. Comes again after every reconnection, always after an <see cref="OnDown"/>.</summary>
    void OnUp(Party peer);

    /// <summary>The peer cannot be sent to for now.</summary>
    void OnDown(PartyId peer);
}
