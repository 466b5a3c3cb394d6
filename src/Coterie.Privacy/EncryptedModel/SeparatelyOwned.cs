using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// Training on a model whose owner is neither the coordinator nor a participant (DeltaML). Participants compute their contribution on the encrypted model
/// and re-randomise it; the coordinator, which knows no key, adds ciphertexts and takes the step; the owner sees nothing but blinded models that it
/// shortens now and then (<see cref="Rescaling"/>), and the final one. What of a contribution does not depend on the model is added by a masked sum, for
/// the coordinator to divide by; as it is the same in every round, once, and again when a participant is gone.
/// </summary>
/// <remarks>
/// Steps of a round: <c>told/0</c>, told/1 after a rescaling, <c>known</c> where the masked sum is due, <c>contribution</c>. The coordinator's additions are
/// public linear steps: nothing in them is secret or random.
/// </remarks>
internal sealed class SeparatelyOwned<TModel> where TModel : class
{
    private readonly IHiddenLearner<TModel> _learner;
    private readonly StageRun<TModel> _run;
    private readonly OwnerKey _key;
    private readonly BroadcastChain _broadcasts;
    private readonly StageCheckpoint _checkpoint;
    private readonly SecureAggregationSum _sum = new();
    private readonly Blocks<Matrix> _like;
    private readonly ImmutableArray<(string Name, bool IsHidden)> _blocks;
    private readonly Blocks<Matrix> _hiddenLike;

    public SeparatelyOwned(IHiddenLearner<TModel> learner, StageRun<TModel> run, OwnerKey key, BroadcastChain broadcasts)
    {
        (_learner, _run, _key, _broadcasts) = (learner, run, key, broadcasts);
        _checkpoint = new(run.Session, run.Terms, broadcasts);
        _like = learner.Pack(First);
        _blocks = [.. HiddenDegree.BlocksOf(learner, run.Schema)];
        _hiddenLike = HiddenModel.ShapesOf(LayoutOf(run.RoundOf(0)).Where(b => IsHidden(b.Name)));
    }

    private Session Session => _run.Session;

    private Roster Roster => Session.Roster;

    private TModel First => _learner.Initialize(_run.Schema, _run.Terms.Seed);

    private int Parameters => _like.Values.Sum(v => v.Values.Length);

    /// <summary>The coordinator's side.</summary>
    public async Task CoordinateAsync(CancellationToken cancellationToken)
    {
        var math = new EncryptedArithmetic(_key.Computing);
        var state = await BeginAsync(cancellationToken);
        while (true)
        {
            var step = _run.StepOf(state.Round);
            var isLast = state.Round >= _run.Terms.Stop.Rounds;
            var stacked = HiddenModel.Stack(state.Model);
            var told = 0;
            // The owner gets no more digits than a model has: an exact one would tell much of the rows it comes from.
            if (Rescaling.ShiftOf(stacked.Unit) > 0 && (isLast || !state.Growth.Fits(stacked)))
            {
                await TellAsync(step.Then("told").Then(told++), new ToldModel(state.Round, Telling.Rescaling), cancellationToken);
                using (Session.Times.Measure(step, Activity.Summing))
                    stacked = await new Rescaling(Session, _key, step, Owners).CoordinateAsync(stacked, state.OwnerSteps, _broadcasts.Value, cancellationToken);
                state = state with { OwnerSteps = state.OwnerSteps + 1, Model = HiddenModel.Divide(stacked.Hidden!, _like, stacked.Unit, stacked.Bits) };
            }
            if (isLast)
            {
                await TellAsync(step.Then("told").Then(told), new ToldModel(state.Round, Telling.End), cancellationToken);
                await Session.Channel.SendAsync(Roster.ModelOwner, OwnerStep(state.OwnerSteps), FinalModel.ToBytes(state.Model), cancellationToken);
                return;
            }
            state = await ContributionsAsync(math, state, step, told, cancellationToken);
            await _checkpoint.SaveAsync(state.ToBytes(), step, cancellationToken);
        }
    }

    /// <summary>A participant's side.</summary>
    public async Task ParticipateAsync(Shard? shard, CancellationToken cancellationToken)
    {
        if (shard is null) return;
        var (round, isOver) = await LoadRoundAsync(cancellationToken);
        // Contributions reach the coordinator alone, which knows no factors; what goes on to the owner it refreshes itself, against the owner too.
        var rerandomizer = isOver ? null : Rerandomizer.AgainstOthers(_key.Public, Session.Random, _key.Computing);
        HiddenLocal<TModel>? local = null;
        while (!isOver)
        {
            var step = _run.StepOf(round);
            var told = await HearAsync(step.Then("told").Then(0), round, cancellationToken);
            if (told.Telling == Telling.Rescaling)
            {
                await new Rescaling(Session, _key, step, Owners).VerifyAsync(Parameters, cancellationToken);
                told = await HearAsync(step.Then("told").Then(1), round, cancellationToken);
            }
            isOver = told.Telling == Telling.End;
            if (told.Model is { } model)
            {
                if (round >= _run.Terms.Stop.Rounds)
                    throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator asks for round {round + 1} of {_run.Terms.Tag}; {_run.Terms.Stop.Rounds} were agreed.", step.Path, Roster.Coordinator);
                Blocks<EncryptedMatrix> contribution;
                using (Session.Times.Measure(step, Activity.Computing))
                {
                    local ??= await HiddenLocal<TModel>.OpenAsync(_learner, new EncryptedArithmetic(_key.Computing), _run.Schema, shard, cancellationToken);
                    contribution = await local.ContributeAsync(model, _run.RoundOf(round), cancellationToken);
                }
                if (told.Telling == Telling.ModelAfterKnownSum)
                {
                    using (Session.Times.Measure(step, Activity.Summing)) await _sum.SumAsync(Session, KnownRequest(step, round), Known(contribution), cancellationToken);
                }
                await SendAsync(rerandomizer!, contribution, step, cancellationToken);
                round++;
            }
            await _checkpoint.SaveAsync(ToBytes(round, isOver), step, cancellationToken);
        }
    }

    /// <summary>The owner's side.</summary>
    public async Task<TModel> OwnAsync(CancellationToken cancellationToken)
    {
        var coordinator = Roster.Coordinator;
        // Each rescaling leaves room for a round at least.
        for (var turn = (await LoadRoundAsync(cancellationToken)).Round; turn <= _run.Terms.Stop.Rounds; turn++)
        {
            var step = OwnerStep(turn);
            var asked = await Session.Channel.ReceiveAsync(coordinator, step, RescaleRequest.BytesOf(HiddenModel.BytesOf(_key.Public, _like.Count, Parameters)), cancellationToken);
            if (FinalModel.Is(asked.Span)) return Open(FinalModel.Read(asked.Span, _key.Public, _like, coordinator, step), step);
            using (Session.Times.Measure(step, Activity.Summing))
                await new Rescaling(Session, _key, step, Owners).OwnAsync(RescaleRequest.Read(asked.Span, coordinator, step), Parameters, cancellationToken);
            Session.Transcript.Record(new Opening($"{_run.Summed.Name}'s model under masks of its own size and 64 bits more", Session.Self, step, Parameters, 0));
            await _checkpoint.SaveAsync(ToBytes(turn + 1, isOver: false), step, cancellationToken);
        }
        throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator has the model rescaled more often than it can have to be in {_run.Terms.Stop.Rounds} rounds.", _run.Terms.Tag.Path, coordinator);
    }

    private async Task<HiddenPosition> ContributionsAsync(EncryptedArithmetic math, HiddenPosition state, StepTag step, int told, CancellationToken cancellationToken)
    {
        var isKnownDue = state.Known.Count == 0 && _blocks.Any(b => !b.IsHidden);
        await TellAsync(step.Then("told").Then(told), new ToldModel(state.Round, isKnownDue ? Telling.ModelAfterKnownSum : Telling.Model, state.Model), cancellationToken);
        if (isKnownDue)
        {
            var request = KnownRequest(step, state.Round);
            using var measured = Session.Times.Measure(step, Activity.Summing);
            var outcome = await _sum.SumAsync(Session, request, null, cancellationToken);
            Session.Transcript.Record(new Opening($"sum of what of contributions to {_run.Summed.Name} does not depend on the model", Session.Self, request.Step, request.Length, outcome.Survivors.Length));
            state = state with { Known = outcome.Total!, KnownOf = ParticipantSet.Of(Roster, outcome.Survivors) };
        }
        BlockSum total;
        using (Session.Times.Measure(step, Activity.Summing))
            (_, total) = await BlockSum.CollectAsync(Session, state.KnownOf, step.Then("contribution"), _key.Public, _hiddenLike, cancellationToken);
        // Whoever is gone counts no longer; in the round in which it went, the step is that much shorter.
        var next = total.Count < state.KnownOf.Count ? Blocks<Matrix>.Empty : state.Known;
        using (Session.Times.Measure(step, Activity.Computing))
        {
            var model = await _learner.UpdateAsync(math, state.Model, Complete(total.Value, state.Known), _run.RoundOf(state.Round), cancellationToken);
            var ordered = new Blocks<EncryptedMatrix>(_like.Names, [.. _like.Names.Select(name => model[name])]);
            var growth = Growth.Between(HiddenModel.Stack(state.Model), HiddenModel.Stack(ordered));
            Session.Progress?.Report(new RunProgress(_run.Summed.Name, step, state.Round, _run.Terms.Stop.Rounds, null, double.NaN, total.Count));
            return state with { Round = state.Round + 1, Growth = growth, Known = next, Model = ordered };
        }
    }

    private async Task SendAsync(Rerandomizer rerandomizer, Blocks<EncryptedMatrix> contribution, StepTag step, CancellationToken cancellationToken)
    {
        using var measured = Session.Times.Measure(step, Activity.Summing);
        var fresh = HiddenModel.Rerandomized(rerandomizer, [.. contribution.Names.Zip(contribution.Values).Where(b => IsHidden(b.First)).Select(b => b.Second)]);
        var writer = new WireWriter();
        HiddenModel.Write(writer, fresh);
        await Session.Channel.SendAsync(Roster.Coordinator, step.Then("contribution"), writer.WrittenMemory, cancellationToken);
    }

    private Blocks<EncryptedMatrix> Complete(Blocks<EncryptedMatrix> hidden, Blocks<Matrix> known) =>
        new([.. _blocks.Select(b => b.Name)], [.. _blocks.Select(b => b.IsHidden ? hidden[b.Name] : EncryptedMatrix.Public(known[b.Name]))]);

    private Blocks<Matrix> Known(Blocks<EncryptedMatrix> contribution)
    {
        var known = contribution.Names.Zip(contribution.Values).Where(b => !IsHidden(b.First)).ToArray();
        return new([.. known.Select(b => b.First)], [.. known.Select(b => b.Second.Known!)]);
    }

    /// <summary>Blocks that do not depend on the model have bounds that do not either.</summary>
    private SumRequest KnownRequest(StepTag step, int round) =>
        new(step.Then("known"), [.. LayoutOf(_run.RoundOf(round)).Where(b => !IsHidden(b.Name))], _run.RoundOf(round), _broadcasts.Value);

    private ImmutableArray<BlockSpec> LayoutOf(Round round) => _learner.Layout(_run.Schema, First, round);

    private bool IsHidden(string name) => _blocks.First(b => b.Name == name).IsHidden;

    private StepTag Owners => _run.Terms.Tag.Then("owner");

    private StepTag OwnerStep(int turn) => Owners.Then(turn);

    private TModel Open(Blocks<EncryptedMatrix> model, StepTag step)
    {
        var opened = HiddenModel.Open(_key.Secret!, model, step, Roster.Coordinator);
        Session.Transcript.Record(new Opening($"final model of {_run.Summed.Name}", Session.Self, step, Parameters, 0));
        return _learner.Finish(_learner.Unpack(_run.Schema, opened));
    }

    private async Task TellAsync(StepTag step, ToldModel told, CancellationToken cancellationToken)
    {
        var bytes = told.ToBytes();
        _broadcasts.Add(step, SHA256.HashData(bytes));
        foreach (var participant in Roster.Participants) await Session.Channel.TrySendAsync(participant, step, bytes, cancellationToken);
    }

    private async Task<ToldModel> HearAsync(StepTag step, int round, CancellationToken cancellationToken)
    {
        var bytes = await Session.Channel.ReceiveAsync(Roster.Coordinator, step, ToldModel.BytesOf(_key.Public, _like), cancellationToken);
        _broadcasts.Add(step, SHA256.HashData(bytes.Span));
        return ToldModel.Read(bytes.Span, round, _key.Public, _like, Roster.Coordinator, step);
    }

    private async Task<HiddenPosition> BeginAsync(CancellationToken cancellationToken)
    {
        if (await _checkpoint.LoadAsync(cancellationToken) is { } saved) return HiddenPosition.Read(saved.Span, _key.Public, _like, Roster, Session.Self, _run.Terms.Tag);
        // Everybody knows the first model: it needs no randomness.
        var first = HiddenModel.Divide(_key.Public.Trivial(HiddenModel.Encode(_key.Public, _like)), _like, HiddenModel.Unit, HiddenModel.Bits);
        return new HiddenPosition(0, 0, new Growth(0, 0), Blocks<Matrix>.Empty, ParticipantSet.Of(Roster, Roster.Participants), first);
    }

    private async Task<(int Round, bool IsOver)> LoadRoundAsync(CancellationToken cancellationToken)
    {
        if (await _checkpoint.LoadAsync(cancellationToken) is not { } saved) return (0, false);
        var reader = new WireReader(saved.Span, Session.Self, _run.Terms.Tag);
        var state = (reader.ReadInt32(0, int.MaxValue), reader.ReadByte() == 1);
        reader.End();
        return state;
    }

    private static byte[] ToBytes(int round, bool isOver)
    {
        var writer = new WireWriter();
        writer.WriteInt32(round);
        writer.WriteByte(isOver ? (byte)1 : (byte)0);
        return writer.ToArray();
    }
}
