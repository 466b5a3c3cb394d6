using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums;

/// <summary>How masked vectors reach the coordinator.</summary>
public enum Topology
{
    /// <summary>Each participant sends its masked vector to the coordinator.</summary>
    Star,

    /// <summary>A running sum of masked vectors passes from participant to participant, and from the last to the coordinator.</summary>
    Ring,
}

/// <summary>
/// The mode <c>secure-aggregation</c>: double masking with drop-out recovery, steps 0 to 4 of Bonawitz et al., "Practical Secure
/// Aggregation" (CCS 2017), on the sparse graph of Bell et al. (CCS 2020) above 32 participants. Keys and seeds are fresh in every
/// sum, kept on the participant's disk until the round ends, and bound to run, step and the hash of the broadcast model.
/// Who learns what: the coordinator the sum over the survivors, and who they are; participants nothing but the survivors.
/// Assumes fewer than the threshold of participants work with a semi-honest coordinator (with one that lies about drop-outs: fewer
/// than 2t - n). On the sparse graph at most a fifth of the participants, except with a probability of 2^-40 over the graph's seed.
/// </summary>
public sealed class SecureAggregationSum(Topology topology = Topology.Star) : ISecureSum
{
    private readonly MaskedSum _masked = new(topology);

    /// <inheritdoc/>
    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (session.IsCoordinator)
        {
            var (survivors, sum) = await _masked.CoordinateAsync(session, request, cancellationToken);
            var total = ContributionCodec.Decode(request, sum);
            ContributionCodec.CheckTotal(request, total, survivors.Count);
            return new SumOutcome(total, survivors.Names(session.Roster));
        }
        if (mine is null) return new SumOutcome(null, []);
        var contribution = ContributionCodec.Encode(request, ContributionCodec.Flatten(request, mine, session.Self));
        var stayed = await _masked.ParticipateAsync(session, request, contribution, cancellationToken);
        return new SumOutcome(null, stayed?.Names(session.Roster) ?? []);
    }
}
