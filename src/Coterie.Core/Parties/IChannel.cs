namespace Coterie.Core.Parties;

/// <summary>
/// One party's view of the network: authenticated, confidential, ordered per peer, every message tagged with its step.
/// Every wait is bounded: a peer that is gone or silent ends a receive with <see cref="PeerUnavailableException"/>.
/// </summary>
public interface IChannel
{
    /// <summary>Sends <paramref name="payload"/>; returns once the transport has taken it.</summary>
    /// <exception cref="PeerUnavailableException">The peer is gone.</exception>
    ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>The peer's message for <paramref name="step"/>, at most <paramref name="maximumBytes"/> long.</summary>
    /// <exception cref="PeerUnavailableException">The peer is gone, or sent nothing within the transport's time-out.</exception>
    /// <exception cref="ProtocolException">The message is longer than allowed; the peer is named.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken);
}
