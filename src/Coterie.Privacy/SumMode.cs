using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Privacy.Stages;

namespace Coterie.Privacy;

/// <summary>
/// Training in tier A: participants contribute at the broadcast model, an <see cref="ISecureSum"/> adds, the coordinator updates
/// and broadcasts. The coordinator learns every total and the model, participants every broadcast model; single contributions
/// are the sum's business.
/// </summary>
/// <remarks>
/// Steps of a stage, per round: the sum, and <c>next</c> (the model, or the end). Everybody derives the first model alone. A sum is bound to all
/// broadcasts before it, of earlier stages too: what preprocessing opened decides over contributions as much as the model does. Every party saves
/// its position after every round, the coordinator before it tells anyone, and goes on from there after a restart; within the round it goes through
/// the same messages again (see <see cref="IChannel"/>).
/// </remarks>
public sealed class SumMode : IPrivacyMode
{
    /// <summary>Largest broadcast accepted: what a model of 2^27 parameters takes.</summary>
    private const int MaximumBroadcastBytes = 1 << 30;

    private readonly ISecureSum _sum;
    private readonly BroadcastChain _broadcasts;

    /// <summary>The mode that adds so.</summary>
    public SumMode(ISecureSum sum)
        : this(sum, new BroadcastChain())
    {
    }

    /// <summary>For a mode that has stages of other kinds, too: what was told in one is bound in all.</summary>
    internal SumMode(ISecureSum sum, BroadcastChain broadcasts) => (_sum, _broadcasts) = (sum, broadcasts);

    /// <inheritdoc/>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        var run = new StageRun<TModel>(summed, stage, session, schema);
        return session.IsCoordinator ? await CoordinateAsync(run, cancellationToken) : await ParticipateAsync(run, shard, cancellationToken);
    }

    private async Task<TModel> CoordinateAsync<TModel>(StageRun<TModel> run, CancellationToken cancellationToken) where TModel : class
    {
        var (summed, stage, session, schema) = run;
        var state = await BeginAsync(run, cancellationToken);
        // It may have stopped between saving and telling.
        if (state.Round > 0) await TellAsync(session, run.StepOf(state.Round - 1).Then("next"), Told(run, state), cancellationToken);
        while (!state.Done)
        {
            var round = run.RoundOf(state.Round);
            var model = summed.Unpack(schema, state.Model);
            var request = new SumRequest(run.StepOf(state.Round), summed.Layout(schema, model, round), round, BindingOf(summed.Told(state.Model)));
            SumOutcome outcome;
            using (session.Times.Measure(request.Step, Activity.Summing)) outcome = await _sum.SumAsync(run.SessionOf(round.Index), request, null, cancellationToken);
            var step = run.Update(model, outcome.Total!, round);
            state = run.After(round.Index, step);
            run.Record(request, outcome);
            run.Report(round, step, outcome);
            var told = Told(run, state);
            _broadcasts.Add(request.Step.Then("next"), SHA256.HashData(told.ToBytes()));
            await SaveAsync(run, state, request.Step, cancellationToken);
            await TellAsync(session, request.Step.Then("next"), told, cancellationToken);
        }
        return summed.Unpack(schema, state.Model);
    }

    private async Task<TModel?> ParticipateAsync<TModel>(StageRun<TModel> run, Shard? shard, CancellationToken cancellationToken) where TModel : class
    {
        var (summed, stage, session, schema) = run;
        var state = await BeginAsync(run, cancellationToken);
        ILocal<TModel>? local = null;
        while (!state.Done)
        {
            if (state.Round >= stage.Stop.Rounds)
                throw new ProtocolException(
                    ProtocolErrorCode.Inconsistent, $"The coordinator asks for round {state.Round + 1} of {stage.Tag}; {stage.Stop.Rounds} were agreed.", stage.Tag.Path, session.Roster.Coordinator);
            var round = run.RoundOf(state.Round);
            var model = Unpack(run, state.Model);
            var request = new SumRequest(run.StepOf(state.Round), summed.Layout(schema, model, round), round, BindingOf(state.Model));
            var among = run.SessionOf(round.Index);
            if (among.Roster.Contains(session.Self))
            {
                var mine = run.Contribute(ref local, shard, model, round);
                using (session.Times.Measure(request.Step, Activity.Summing)) await _sum.SumAsync(among, request, mine, cancellationToken);
            }
            var next = await HearAsync(session, request.Step.Then("next"), cancellationToken);
            if (next.Round != state.Round + 1)
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator went from round {state.Round} to {next.Round}.", request.Step.Path, session.Roster.Coordinator);
            if (next.Model.Count > 0)
                session.Transcript.Record(new Opening($"broadcast model of {summed.Name}", session.Self, request.Step.Then("next"), next.Model.Values.Sum(v => (long)v.Values.Length), 0));
            state = next;
            await SaveAsync(run, state, request.Step, cancellationToken);
        }
        return state.Model.Count > 0 || stage.ModelTo == ModelAudience.Everyone ? Unpack(run, state.Model) : null;
    }

    /// <summary>Where this party stopped in the stage, or its beginning.</summary>
    private async Task<Position> BeginAsync<TModel>(StageRun<TModel> run, CancellationToken cancellationToken) where TModel : class
    {
        var saved = await new StageCheckpoint(run.Session, run.Terms, _broadcasts).LoadAsync(cancellationToken);
        return saved is { } position ? Position.Read(position.Span, run.Session.Self, run.Terms.Tag) : run.First;
    }

    private ValueTask SaveAsync<TModel>(StageRun<TModel> run, Position position, StepTag round, CancellationToken cancellationToken) where TModel : class =>
        new StageCheckpoint(run.Session, run.Terms, _broadcasts).SaveAsync(position.ToBytes(), round, cancellationToken);

    /// <summary>What contributing takes; and the last model goes to the participants only where it is theirs to know.</summary>
    private static Position Told<TModel>(StageRun<TModel> run, Position state) where TModel : class =>
        state with { Model = state.Done && run.Terms.ModelTo == ModelAudience.Owner ? Blocks<Matrix>.Empty : run.Summed.Told(state.Model) };

    /// <summary>Tells every participant that can be reached; who cannot has dropped out and is no reason to stop.</summary>
    private static async Task TellAsync(Session session, StepTag step, Position position, CancellationToken cancellationToken)
    {
        var bytes = position.ToBytes();
        foreach (var participant in session.Roster.Participants)
            await session.Channel.TrySendAsync(participant, step, bytes, cancellationToken);
    }

    private async Task<Position> HearAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        var coordinator = session.Roster.Coordinator;
        var bytes = await session.Channel.ReceiveAsync(coordinator, step, MaximumBroadcastBytes, cancellationToken);
        _broadcasts.Add(step, SHA256.HashData(bytes.Span));
        return Position.Read(bytes.Span, coordinator, step);
    }

    /// <summary>What a sum's masks and signatures are bound to: every broadcast so far, and the model, which in a first round nobody sent.</summary>
    private byte[] BindingOf(Blocks<Matrix> model) => SHA256.HashData([.. _broadcasts.Value.Span, .. BlocksCodec.Hash(model)]);

    private static TModel Unpack<TModel>(StageRun<TModel> run, Blocks<Matrix> model) where TModel : class =>
        StageRun<TModel>.Unpack(run.Summed, run.Schema, model, run.Session.Roster.Coordinator, run.Terms.Tag);
}
