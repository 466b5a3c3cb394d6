using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>
/// A sum that participants learn and the coordinator does not: what tells one mode with a hidden model from another. In the outcome of
/// <see cref="ISecureSum.SumAsync"/> the total is null at the coordinator and present at every participant that could be told; disposing forgets keys.
/// </summary>
public interface IHiddenSum : ISecureSum, IDisposable
{
    /// <summary>
    /// Whether participants return from a sum with what the coordinator told all of them alike. Where each opens a sum of its own, one that stands at another model
    /// may have been given another sum, and the coordinator is named beside it.
    /// </summary>
    bool ReturnsOneToAll => true;

    /// <summary>
    /// Every party calls it before the first sum of a run, and again after a restart: agrees on what participants need to open sums. Returns 32 bytes that
    /// stand for what was agreed, the same at every party; null at a participant that came too late to take part.
    /// </summary>
    /// <exception cref="ProtocolException">Too few participants are there, or a party broke the protocol.</exception>
    ValueTask<byte[]?> AgreeAsync(Session session, CancellationToken cancellationToken);

    /// <summary>Bytes of a tag in a run of so many participants.</summary>
    int TagLength(int participants);

    /// <summary>What a participant shows of <paramref name="digest"/> at a step, so that others that hold the same can tell and the coordinator learns nothing.</summary>
    byte[] Tag(Session session, StepTag step, ReadOnlySpan<byte> digest);

    /// <summary>Whether <paramref name="peer"/> holds what this participant holds.</summary>
    bool IsSame(Session session, StepTag step, ReadOnlySpan<byte> digest, PartyId peer, ReadOnlySpan<byte> peerTag);

    /// <summary>At the end of a run: removes what was agreed from this party's disk.</summary>
    ValueTask ForgetAsync(Session session, CancellationToken cancellationToken);
}
