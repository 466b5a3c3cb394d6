using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SecureAggregation;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Privacy.SecretSharing;

/// <summary>
/// Training on a model that participants do not see and on rows that the coordinator does not see: in every round the coordinator, which knows the model, and each participant, which knows
/// its rows, compute shares of that participant's contribution; participants hand in theirs under masks that cancel, so that what the coordinator puts together is the sum of contributions
/// and nothing single.
/// </summary>
/// <remarks>
/// Steps of a stage: <c>pair</c> (base transfers, how many rows there are, how many rounds are prepared, and these); per round <c>told</c> (whether training goes on, and how large the model is), <c>shares</c>, and the masked sum.
/// Learns: the coordinator the sum over the participants that stay, in every round, and each participant's number of rows; participants who stayed and when training ends.
/// Assumes semi-honest parties, and fewer than the threshold of participants with the coordinator. The modes that train so differ in how the two multiply what they know.
/// </remarks>
/// <param name="learner">What is trained.</param>
/// <param name="run">The stage.</param>
/// <param name="broadcasts">What was told so far.</param>
/// <param name="products">How this party multiplies with others in a round, by the round's step.</param>
internal sealed class SharedTraining<TModel>(
    IHiddenLearner<TModel> learner, StageRun<TModel> run, BroadcastChain broadcasts, Func<StepTag, CancellationToken, ValueTask<ICrossProducts>> products)
    where TModel : class
{
    private readonly MaskedSum _masked = new(Topology.Star);
    private readonly StageCheckpoint _checkpoint = new(run.Session, run.Terms, broadcasts);

    private Session Session => run.Session;

    private StepTag Pairs => run.Terms.Tag.Then("pair");

    /// <summary>The coordinator's side.</summary>
    public async Task<TModel> CoordinateAsync(CancellationToken cancellationToken)
    {
        var state = await BeginAsync(run.First, cancellationToken);
        if (state.Done) Preparation.Refuse(Session, "all rounds are over.");
        var order = state.Done ? new PreparationOrder(0, default)
            : await PreparationOrder.DecideAsync(Session, Pairs, run.Terms.Stop.Rounds, () => ToldShapes.Of(learner.Told(state.Model)).ToBytes(), cancellationToken);
        var peers = state.Done ? [] : await Task.WhenAll(Session.Roster.Participants.Select(id => MeetAsync(id, order, cancellationToken)));
        try
        {
            if (Session.Preparation is { } preparation)
                await preparation.StopHereAsync(new PreparedRounds(order.Rounds, peers.Count(p => p is not null), peers.Sum(p => p?.Kept.Mine ?? 0), peers.Sum(p => p?.Kept.Theirs ?? 0)), cancellationToken);
            while (true)
            {
                var step = run.StepOf(state.Round);
                await TellAsync(step.Then("told"), state.Done ? ToldShapes.End : ToldShapes.Of(learner.Told(state.Model)), cancellationToken);
                if (state.Done) return learner.Unpack(run.Schema, state.Model);
                var round = run.RoundOf(state.Round);
                var model = learner.Unpack(run.Schema, state.Model);
                var (outcome, request) = await SumAsync(peers, learner.Told(state.Model), learner.Layout(run.Schema, model, round).Sum(b => b.Length), round, step, cancellationToken);
                var next = run.Update(model, outcome.Total!, round);
                run.Record(request, outcome);
                run.Report(round, next, outcome);
                state = run.After(round.Index, next);
                await _checkpoint.SaveAsync(state.ToBytes(), step, cancellationToken);
            }
        }
        finally
        {
            foreach (var peer in peers) peer?.Dispose();
        }
    }

    /// <summary>A participant's side.</summary>
    public async Task ParticipateAsync(Shard? shard, CancellationToken cancellationToken)
    {
        var state = await BeginAsync(run.First with { Model = Blocks<Matrix>.Empty }, cancellationToken);
        if (shard is null || state.Done) return;
        var (coordinator, prepared) = (Session.Roster.Coordinator, learner.Featurize(run.Schema, shard));
        // All masks of a stage are expanded from secrets that are kept: who comes back with other rows is stopped, before the same masks hide something else.
        await Session.OnceOnly.ClaimAsync(Pairs.Then("rows").Path, BlocksCodec.Hash(prepared.ToBlocks()), cancellationToken);
        var seeds = await TwoPartySeeds.ExchangeAsync(Session, coordinator, isFirst: false, Pairs, cancellationToken);
        await Session.Channel.SendAsync(coordinator, Pairs.Then("rows"), RowShapes.Of(prepared).ToBytes(), cancellationToken);
        var order = await PreparationOrder.ReceiveAsync(Session, Pairs, run.Terms.Stop.Rounds, ToldShapes.MaximumBytes, cancellationToken);
        await PrepareAsync(coordinator, Session.Self, seeds, order, RowShapes.Of(prepared), cancellationToken);
        using var peer = new SharedPeer(Session, coordinator, isFirst: false, seeds, math => RowShapes.Seen(math, prepared), order.Rounds);
        while (!state.Done)
        {
            var step = run.StepOf(state.Round);
            var told = await HearAsync(step.Then("told"), cancellationToken);
            if (told.Blocks is not null)
            {
                if (state.Round >= run.Terms.Stop.Rounds)
                    throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator asks for round {state.Round + 1} of {run.Terms.Tag}; {run.Terms.Stop.Rounds} were agreed.", step.Path, coordinator);
                var round = run.RoundOf(state.Round);
                SharedContribution mine;
                using (Session.Times.Measure(step, Activity.Computing))
                    mine = await peer.ContributeAsync(learner, await products(step, cancellationToken), told.Unseen, round, step, cancellationToken);
                using (Session.Times.Measure(step, Activity.Summing))
                    await _masked.ParticipateAsync(Session, RequestOf(step, mine.Values.Length, round), mine.Values, cancellationToken);
                state = state with { Round = state.Round + 1 };
            }
            else state = state with { Done = true };
            await _checkpoint.SaveAsync(state.ToBytes(), step, cancellationToken);
        }
    }

    private async Task<(SumOutcome Outcome, SumRequest Request)> SumAsync(SharedPeer?[] peers, Blocks<Matrix> told, int length, Round round, StepTag step, CancellationToken cancellationToken)
    {
        SharedContribution?[] shares;
        using (Session.Times.Measure(step, Activity.Computing))
        {
            var multiplying = await products(step, cancellationToken);
            shares = await Task.WhenAll(peers.Select(peer => ShareAsync(peer, multiplying, told, round, step, cancellationToken)));
        }
        var request = RequestOf(step, length, round);
        using var measured = Session.Times.Measure(step, Activity.Summing);
        var (survivors, sum) = await _masked.CoordinateAsync(Session, request, cancellationToken);
        SharedContribution? total = null;
        foreach (var i in survivors.Indices)
        {
            var share = shares[i] ?? throw new ProtocolException(
                ProtocolErrorCode.Inconsistent, $"{Session.Roster.Participants[i]} handed in a share at {step} that it has not computed with the coordinator.", step.Path, Session.Roster.Participants[i]);
            total ??= share with { Values = sum };
            if (!total.IsLike(share))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{Session.Roster.Participants[i]} computed another contribution at {step} than others.", step.Path, Session.Roster.Participants[i]);
            total.Add(share.Values);
        }
        return (new SumOutcome(total!.Open(), survivors.Names(Session.Roster)), request);
    }

    private async Task<SharedContribution?> ShareAsync(SharedPeer? peer, ICrossProducts multiplying, Blocks<Matrix> told, Round round, StepTag step, CancellationToken cancellationToken)
    {
        if (peer is null) return null;
        try
        {
            return await peer.ContributeAsync(learner, multiplying, math => told.Select(m => math.Known(ValueHolder.First, m.Rows, m.Columns, m)), round, step, cancellationToken);
        }
        catch (PeerUnavailableException error) when (error.Peer == peer.Id)
        {
            return null;
        }
    }

    /// <summary>Null where the participant is gone.</summary>
    private async Task<SharedPeer?> MeetAsync(PartyId participant, PreparationOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var seeds = await TwoPartySeeds.ExchangeAsync(Session, participant, isFirst: true, Pairs, cancellationToken);
            var bytes = await Session.Channel.ReceiveAsync(participant, Pairs.Then("rows"), RowShapes.Length, cancellationToken);
            var none = new Shard(Matrix.Zero(0, run.Schema.FeatureCount), run.Schema.Target is null ? null : Matrix.Zero(0, 1));
            var shapes = RowShapes.Read(bytes.Span, RowShapes.Of(learner.Featurize(run.Schema, none)), participant, Pairs.Then("rows"));
            Session.Transcript.Record(new Opening($"how many rows {participant} has", Session.Self, Pairs.Then("rows"), 1, 0));
            await order.SendAsync(Session, participant, Pairs, cancellationToken);
            var kept = await PrepareAsync(participant, participant, seeds, order, shapes, cancellationToken);
            return new SharedPeer(Session, participant, isFirst: true, seeds, shapes.Unseen, order.Rounds, kept);
        }
        catch (PeerUnavailableException error) when (error.Peer == participant)
        {
            return null;
        }
    }

    /// <summary>What the order says, with one participant.</summary>
    private async Task<(long Mine, long Theirs)> PrepareAsync(PartyId peer, PartyId participant, TwoPartySeeds seeds, PreparationOrder order, RowShapes rows, CancellationToken cancellationToken)
    {
        if (order.Rounds == 0) return default;
        var told = ReadShapes(order.Shapes.Span, Pairs.Then("order"));
        return await new PairPreparation(Session, peer, Session.IsCoordinator, seeds, Pairs.Then("ahead").Then(participant.Name)).RunAsync(
            order.Rounds, run.StepOf, async (round, stop) => SharedSteps.Of(learner, rows, told, run.RoundOf(round), await products(run.StepOf(round), stop)), cancellationToken);
    }

    private SumRequest RequestOf(StepTag step, int length, Round round) => new(step, [new BlockSpec("contribution", 1, length, 1)], round, broadcasts.Value);

    private async Task TellAsync(StepTag step, ToldShapes told, CancellationToken cancellationToken)
    {
        var bytes = told.ToBytes();
        broadcasts.Add(step, SHA256.HashData(bytes));
        foreach (var participant in Session.Roster.Participants) await Session.Channel.TrySendAsync(participant, step, bytes, cancellationToken);
    }

    private async Task<ToldShapes> HearAsync(StepTag step, CancellationToken cancellationToken)
    {
        var told = await Session.Channel.ReceiveAsync(Session.Roster.Coordinator, step, ToldShapes.MaximumBytes, cancellationToken);
        broadcasts.Add(step, SHA256.HashData(told.Span));
        return ReadShapes(told.Span, step);
    }

    private ToldShapes ReadShapes(ReadOnlySpan<byte> told, StepTag step)
    {
        var read = ToldShapes.Read(told, Session.Roster.Coordinator, step);
        // What cannot be the shapes of a model is the coordinator's doing, and no error of the learner.
        if (read.Zeros is { } zeros) StageRun<TModel>.Unpack(learner, run.Schema, zeros, Session.Roster.Coordinator, step);
        return read;
    }

    private async Task<Position> BeginAsync(Position first, CancellationToken cancellationToken)
    {
        var saved = await _checkpoint.LoadAsync(cancellationToken);
        return saved is { } position ? Position.Read(position.Span, Session.Self, run.Terms.Tag) : first;
    }
}
