namespace Coterie.Core.Parties;

/// <summary>
/// One party's view of the network: authenticated, confidential, ordered per peer, every message tagged with its step.
/// Every wait is bounded: a peer that is gone or silent ends a receive with <see cref="PeerUnavailableException"/>.
/// </summary>
/// <remarks>
/// A channel that outlives its process sends once: a party that restarts and sends for a step again delivers the bytes it
/// recorded the first time, and receives again what it received before.
/// </remarks>
public interface IChannel
{
    /// <summary>Sends <paramref name="payload"/>; returns once the transport has taken it.</summary>
    /// <exception cref="PeerUnavailableException">The peer is gone.</exception>
    ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>The peer's message for <paramref name="step"/>, at most <paramref name="maximumBytes"/> long.</summary>
    /// <exception cref="PeerUnavailableException">The peer is gone, or sent nothing within the transport's time-out.</exception>
    /// <exception cref="ProtocolException">The message is longer than allowed; the peer is named.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken);

    /// <summary>Sends one message of <paramref name="bytes"/> bytes in pieces, none of which has to outlive the next.</summary>
    /// <exception cref="ArgumentException">The chunks are shorter or longer together than announced.</exception>
    /// <exception cref="PeerUnavailableException">The peer is gone.</exception>
    ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken);

    /// <summary>
    /// The peer's message for <paramref name="step"/> in pieces, handed out once all of it has arrived, so that a sender that leaves half-way has
    /// sent nothing. A piece is valid until the next is asked for; its borders need not be the sender's.
    /// </summary>
    /// <inheritdoc cref="ReceiveAsync" path="/exception"/>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(PartyId from, StepTag step, long maximumBytes, CancellationToken cancellationToken);
}
