namespace Coterie.Core.Parties;

/// <summary>A peer is gone or did not answer in time. Nobody is to blame and the step may be retried where the protocol allows.</summary>
public sealed class PeerUnavailableException(PartyId peer, StepTag step, string reason)
    : IOException($"{peer} is unavailable at {step}: {reason}")
{
    /// <summary>The peer.</summary>
    public PartyId Peer { get; } = peer;

    /// <summary>Whether the peer was silent for too long, rather than gone.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The step that waited for it.</summary>
    public StepTag Step { get; } = step;
}
