using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// Training on a model that the coordinator owns and participants cannot read (POM5). In every round the coordinator encrypts the model under its own
/// key; each participant computes its contribution on the ciphertexts, masks it uniformly over Z_n with the double masks of secure aggregation,
/// re-randomises it, and the coordinator decrypts the sum over those that stay and moves the model.
/// </summary>
/// <remarks>
/// Steps of a round: <c>model</c>, then a sum. Sums are bound to every model that was told, as ciphertexts, so that contributions to different ones
/// cannot be unmasked together.
/// </remarks>
internal sealed class CoordinatorOwned<TModel>(IHiddenLearner<TModel> learner, StageRun<TModel> run, OwnerKey key, BroadcastChain broadcasts) where TModel : class
{
    private readonly MaskedSum _masked = new(Sums.Topology.Star);
    private readonly StageCheckpoint _checkpoint = new(run.Session, run.Terms, broadcasts);
    private readonly Blocks<Matrix> _like = learner.Pack(learner.Initialize(run.Schema, run.Terms.Seed));

    private Session Session => run.Session;

    /// <summary>The owner's side.</summary>
    public async Task<TModel> CoordinateAsync(CancellationToken cancellationToken)
    {
        var secret = key.Secret!;
        var state = await BeginAsync(run.First, cancellationToken);
        while (true)
        {
            var step = run.StepOf(state.Round);
            await TellAsync(step.Then("model"), state, secret, cancellationToken);
            if (state.Done) break;
            var round = run.RoundOf(state.Round);
            var model = learner.Unpack(run.Schema, state.Model);
            var request = new SumRequest(step, learner.Layout(run.Schema, model, round), round, broadcasts.Value);
            var (survivors, total) = await SumAsync(request, secret, cancellationToken);
            var next = run.Update(model, total, round);
            var outcome = new SumOutcome(total, survivors.Names(Session.Roster));
            run.Record(request, outcome);
            run.Report(round, next, outcome);
            state = run.After(round.Index, next);
            await SaveAsync(state, step, cancellationToken);
        }
        return learner.Unpack(run.Schema, state.Model);
    }

    /// <summary>A participant's side.</summary>
    public async Task ParticipateAsync(Shard? shard, CancellationToken cancellationToken)
    {
        var state = await BeginAsync(run.First with { Model = Blocks<Matrix>.Empty }, cancellationToken);
        if (shard is null || state.Done) return;
        var rerandomizer = new Rerandomizer(key.Public, Session.Random, key.Computing);
        HiddenLocal<TModel>? local = null;
        while (!state.Done)
        {
            var step = run.StepOf(state.Round);
            if (await HearAsync(step.Then("model"), state.Round, cancellationToken) is { } model)
            {
                if (state.Round >= run.Terms.Stop.Rounds)
                    throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator asks for round {state.Round + 1} of {run.Terms.Tag}; {run.Terms.Stop.Rounds} were agreed.", step.Path, Session.Roster.Coordinator);
                var round = run.RoundOf(state.Round);
                Blocks<EncryptedMatrix> contribution;
                using (Session.Times.Measure(step, Activity.Computing))
                {
                    local ??= await HiddenLocal<TModel>.OpenAsync(learner, new EncryptedArithmetic(key.Computing), run.Schema, shard, cancellationToken);
                    contribution = await local.ContributeAsync(model, round, cancellationToken);
                }
                var blocks = HiddenSumStep.Encrypted(key.Public, contribution);
                var request = new SumRequest(step, [new BlockSpec("contribution", 1, blocks.Sum(b => b.Hidden!.Count), 1)], round, broadcasts.Value);
                using (Session.Times.Measure(step, Activity.Summing))
                    await _masked.ParticipateAsync(
                        Session, request, (sum, secrets, shared) => HiddenSumStep.ParticipateAsync(sum, secrets, shared, rerandomizer, blocks, cancellationToken), cancellationToken);
                state = state with { Round = state.Round + 1 };
            }
            else state = state with { Done = true };
            await SaveAsync(state, step, cancellationToken);
        }
    }

    private async Task<(ParticipantSet Survivors, Blocks<Matrix> Total)> SumAsync(SumRequest request, PaillierSecretKey secret, CancellationToken cancellationToken)
    {
        using var measured = Session.Times.Measure(request.Step, Activity.Summing);
        var like = HiddenModel.ShapesOf(request.Layout);
        var (survivors, total) = await _masked.CoordinateAsync(
            Session, request, (round, shared) => HiddenSumStep.CoordinateAsync(round, shared, secret, like, cancellationToken), cancellationToken);
        using (total) return (survivors, total.Open(request.Step, HiddenSumStep.Computing));
    }

    /// <summary>Tells every participant that can be reached the same ciphertexts, before and after a restart.</summary>
    private async Task TellAsync(StepTag step, Position state, PaillierSecretKey secret, CancellationToken cancellationToken)
    {
        var told = await DurableBytes.OnceAsync(Session, step, () =>
        {
            if (state.Done) return new ToldModel(state.Round, Telling.End).ToBytes();
            using var measured = Session.Times.Measure(step, Activity.Computing);
            var ciphertexts = secret.Encrypt(HiddenModel.Encode(key.Public, state.Model), Session.Random, key.Computing);
            return new ToldModel(state.Round, Telling.Model, HiddenModel.Divide(ciphertexts, _like, HiddenModel.Unit, HiddenModel.Bits)).ToBytes();
        }, cancellationToken);
        broadcasts.Add(step, SHA256.HashData(told.Span));
        foreach (var participant in Session.Roster.Participants) await Session.Channel.TrySendAsync(participant, step, told, cancellationToken);
    }

    /// <summary>Null at the end.</summary>
    private async Task<Blocks<EncryptedMatrix>?> HearAsync(StepTag step, int round, CancellationToken cancellationToken)
    {
        var coordinator = Session.Roster.Coordinator;
        var bytes = await Session.Channel.ReceiveAsync(coordinator, step, ToldModel.BytesOf(key.Public, _like), cancellationToken);
        broadcasts.Add(step, SHA256.HashData(bytes.Span));
        var told = ToldModel.Read(bytes.Span, round, key.Public, _like, coordinator, step);
        if (told.Telling is not (Telling.Model or Telling.End)) throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"The coordinator told what is not told where it owns the model, at {step}.", step.Path, coordinator);
        if (told.Model is { } model && model.Values.Any(v => v.Unit != HiddenModel.Unit || v.Bits != HiddenModel.Bits))
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"The coordinator encrypted its model at another precision than was agreed, at {step}.", step.Path, coordinator);
        return told.Model;
    }

    private async Task<Position> BeginAsync(Position first, CancellationToken cancellationToken)
    {
        var saved = await _checkpoint.LoadAsync(cancellationToken);
        return saved is { } position ? Position.Read(position.Span, Session.Self, run.Terms.Tag) : first;
    }

    private ValueTask SaveAsync(Position position, StepTag round, CancellationToken cancellationToken) =>
        _checkpoint.SaveAsync(position.ToBytes(), round, cancellationToken);
}
