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
    private byte[]? _graphSeed;
    private Neighbourhoods? _complete;

    /// <inheritdoc/>
    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        RequireThreshold(session.Roster);
        var round = new AggregationRound(session, request, await GraphAsync(session, request, cancellationToken));
        if (session.IsCoordinator) return await CoordinateAsync(round, cancellationToken);
        return mine is null
            ? new SumOutcome(null, [])
            : await ParticipateAsync(round, ContributionCodec.Encode(request, ContributionCodec.Flatten(request, mine, session.Self)), cancellationToken);
    }

    private async Task<SumOutcome> CoordinateAsync(AggregationRound round, CancellationToken cancellationToken)
    {
        var (advertised, keys) = await AdvertiseStep.CoordinateAsync(round, cancellationToken);
        var shared = await ShareStep.CoordinateAsync(round, advertised, cancellationToken);
        var (survivors, sum) = topology == Topology.Star
            ? await MaskStep.CoordinateAsync(round, shared, cancellationToken)
            : await RingStep.CoordinateAsync(round, shared, cancellationToken);
        await ConsistencyStep.CoordinateAsync(round, shared, survivors, cancellationToken);
        await UnmaskStep.CoordinateAsync(round, keys, shared, survivors, sum, cancellationToken);
        var total = ContributionCodec.Decode(round.Request, sum);
        ContributionCodec.CheckTotal(round.Request, total, survivors.Count);
        return new SumOutcome(total, survivors.Names(round.Roster));
    }

    private async Task<SumOutcome> ParticipateAsync(AggregationRound round, ulong[] contribution, CancellationToken cancellationToken)
    {
        using var durable = await DurableSecrets.OfAsync(round, cancellationToken);
        var (advertised, peers) = await AdvertiseStep.ParticipateAsync(round, durable.Keys, cancellationToken);
        if (peers is null) return new SumOutcome(null, []);
        var secrets = new ParticipantSecrets(round, durable.Keys) { Peers = peers, Dealing = durable.Dealing };
        var (shared, held) = await ShareStep.ParticipateAsync(round, secrets, advertised, cancellationToken);
        if (held is null) return new SumOutcome(null, []);
        if (topology == Topology.Star) await MaskStep.ParticipateAsync(round, secrets, shared, contribution, cancellationToken);
        else await RingStep.ParticipateAsync(round, secrets, shared, contribution, cancellationToken);
        var survivors = await ConsistencyStep.ParticipateAsync(round, shared, cancellationToken);
        if (survivors.Contains(round.Self)) await UnmaskStep.ParticipateAsync(round, secrets, held, survivors, cancellationToken);
        return new SumOutcome(null, survivors.Names(round.Roster));
    }

    /// <summary>The complete graph is always the same; a sparse one is drawn afresh for every sum from the run's agreed seed.</summary>
    private async ValueTask<Neighbourhoods> GraphAsync(Session session, SumRequest request, CancellationToken cancellationToken)
    {
        if (Neighbourhoods.IsComplete(session.Roster.Participants.Length)) return _complete ??= Neighbourhoods.Of(session.Roster, []);
        _graphSeed ??= await GraphSeed.AgreeAsync(session, cancellationToken);
        return Neighbourhoods.Of(session.Roster, GraphSeed.ForSum(_graphSeed, request.Step));
    }

    /// <summary>Every party refuses terms under which lying about drop-outs would pay.</summary>
    private static void RequireThreshold(Roster roster)
    {
        var smallest = SumPolicy.SmallestThreshold(roster.Participants.Length);
        if (roster.Threshold < smallest)
            throw new ProtocolException(
                ProtocolErrorCode.RosterMismatch, $"A threshold of {roster.Threshold} with {roster.Participants.Length} participants is too low; at least {smallest} (more than two thirds) is accepted.");
    }
}
