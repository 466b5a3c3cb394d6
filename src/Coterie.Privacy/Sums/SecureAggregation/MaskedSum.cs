using Coterie.Core.Modes;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Steps 0 to 4: what participants hand in is doubly masked, and the coordinator is left with the sum over the survivors. Over ring elements, unless
/// whoever uses it brings a step 2 of its own; what they stand for is its business too.
/// </summary>
internal sealed class MaskedSum(Topology topology)
{
    private byte[]? _graphSeed;
    private (int Participants, Neighbourhoods Graph)? _complete;

    /// <summary>The coordinator's side.</summary>
    public async Task<(ParticipantSet Survivors, ulong[] Sum)> CoordinateAsync(Session session, SumRequest request, CancellationToken cancellationToken)
    {
        var (survivors, sum) = await CoordinateAsync(session, request, async (round, shared) =>
        {
            var (present, total) = topology == Topology.Star
                ? await MaskStep.CoordinateAsync(round, shared, cancellationToken)
                : await RingStep.CoordinateAsync(round, shared, cancellationToken);
            return (present, new RingElements(total));
        }, cancellationToken);
        return (survivors, sum.Values);
    }

    /// <summary>The coordinator's side where masked input is not ring elements: <paramref name="collect"/> is step 2, and gives who handed in what with their sum.</summary>
    public async Task<(ParticipantSet Survivors, TSum Sum)> CoordinateAsync<TSum>(
        Session session, SumRequest request, Func<AggregationRound, ParticipantSet, Task<(ParticipantSet Survivors, TSum Sum)>> collect, CancellationToken cancellationToken)
        where TSum : IUnmaskable
    {
        var round = await BeginAsync(session, request, cancellationToken);
        var (advertised, keys) = await AdvertiseStep.CoordinateAsync(round, cancellationToken);
        var shared = await ShareStep.CoordinateAsync(round, advertised, cancellationToken);
        var (survivors, sum) = await collect(round, shared);
        await ConsistencyStep.CoordinateAsync(round, shared, survivors, cancellationToken);
        await UnmaskStep.CoordinateAsync(round, keys, shared, survivors, sum, cancellationToken);
        return (survivors, sum);
    }

    /// <summary>A participant's side; masks <paramref name="contribution"/> in place. Null when the coordinator went on without it before it had given anything.</summary>
    public Task<ParticipantSet?> ParticipateAsync(Session session, SumRequest request, ulong[] contribution, CancellationToken cancellationToken) =>
        ParticipateAsync(
            session, request, (round, secrets, shared) => topology == Topology.Star
                ? MaskStep.ParticipateAsync(round, secrets, shared, contribution, cancellationToken)
                : RingStep.ParticipateAsync(round, secrets, shared, contribution, cancellationToken), cancellationToken);

    /// <summary>A participant's side where masked input is not ring elements: <paramref name="handIn"/> is step 2. Null as before.</summary>
    public async Task<ParticipantSet?> ParticipateAsync(
        Session session, SumRequest request, Func<AggregationRound, ParticipantSecrets, ParticipantSet, Task> handIn, CancellationToken cancellationToken)
    {
        var round = await BeginAsync(session, request, cancellationToken);
        using var durable = await DurableSecrets.OfAsync(round, cancellationToken);
        var (advertised, peers) = await AdvertiseStep.ParticipateAsync(round, durable.Keys, cancellationToken);
        if (peers is null) return null;
        durable.Keys.AgreeAhead(peers.Values.Select(p => p.ChannelKey), peers.Values.Select(p => p.MaskKey));
        var secrets = new ParticipantSecrets(round, durable.Keys) { Peers = peers, Dealing = durable.Dealing };
        var (shared, held) = await ShareStep.ParticipateAsync(round, secrets, advertised, cancellationToken);
        if (held is null) return null;
        await handIn(round, secrets, shared);
        var survivors = await ConsistencyStep.ParticipateAsync(round, shared, cancellationToken);
        if (survivors.Contains(round.Self)) await UnmaskStep.ParticipateAsync(round, secrets, held, survivors, cancellationToken);
        return survivors;
    }

    private async Task<AggregationRound> BeginAsync(Session session, SumRequest request, CancellationToken cancellationToken)
    {
        RequireThreshold(session.Roster);
        return new AggregationRound(session, request, await GraphAsync(session, request, cancellationToken));
    }

    /// <summary>The complete graph is always the same; a sparse one is drawn afresh for every sum from the run's agreed seed.</summary>
    private async ValueTask<Neighbourhoods> GraphAsync(Session session, SumRequest request, CancellationToken cancellationToken)
    {
        var participants = session.Roster.Participants.Length;
        if (Neighbourhoods.IsComplete(participants))
        {
            if (_complete?.Participants != participants) _complete = (participants, Neighbourhoods.Of(session.Roster, []));
            return _complete.Value.Graph;
        }
        _graphSeed ??= await GraphSeed.AgreeAsync(session, cancellationToken);
        return Neighbourhoods.Of(session.Roster, GraphSeed.ForSum(_graphSeed, request.Step));
    }

    /// <summary>Every party refuses terms under which lying about drop-outs would pay.</summary>
    public static void RequireThreshold(Roster roster)
    {
        var smallest = SumPolicy.SmallestThreshold(roster.Participants.Length);
        if (roster.Threshold < smallest)
            throw new ProtocolException(
                ProtocolErrorCode.RosterMismatch, $"A threshold of {roster.Threshold} with {roster.Participants.Length} participants is too low; at least {smallest} (more than two thirds) is accepted.");
    }
}
