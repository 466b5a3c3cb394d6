using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Privacy.Stages;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>
/// Training on rows that nobody sees: participants split them, or what follows from them alone, into shares for the coordinator and the helper, and leave; the two compute every round on shares of
/// data and model. At the end the helper gives the coordinator its shares of the final model, and of nothing else.
/// </summary>
/// <remarks>
/// Steps of a stage, all below <c>work</c>: <c>pair</c> (base transfers), <c>data</c> (<see cref="SharingStep{TModel}"/>), per round <c>shares</c>, and <c>final</c>.
/// Learns: the coordinator and the helper each participant's number of rows, and the coordinator the final model. Assumes that the two do not work together, and semi-honest parties.
/// </remarks>
internal sealed class DataTraining<TModel>(IHiddenLearner<TModel> learner, StageRun<TModel> run, BroadcastChain broadcasts) where TModel : class
{
    private readonly StageCheckpoint _checkpoint = new(run.Session, run.Terms, broadcasts);
    private readonly SharedForms<TModel> _forms = new(learner, run.Schema, run.RoundOf(0));

    private Session Session => run.Session;

    private StepTag Work => run.Terms.Tag.Then("work");

    private StepTag DataStep => Work.Then("data");

    private TwoPartyFormat Format => new(Session.IsCoordinator);

    private TModel First => learner.Initialize(run.Schema, run.Terms.Seed);

    /// <summary>Rounds: one where contributions are the same in every round.</summary>
    private int Rounds => _forms.IsContribution ? Math.Min(1, run.Terms.Stop.Rounds) : run.Terms.Stop.Rounds;

    /// <summary>A participant's side.</summary>
    public async Task ParticipateAsync(Shard? shard, CancellationToken cancellationToken)
    {
        if (shard is null || Rounds == 0 || await _checkpoint.LoadAsync(cancellationToken) is not null) return;
        _forms.RequireRoom();
        await new SharingStep<TModel>(run, _forms, DataStep).ShareAsync(learner.Featurize(run.Schema, shard), cancellationToken);
        await _checkpoint.SaveAsync(DataPosition.Over(null).ToBytes(), Work, cancellationToken);
    }

    /// <summary>The coordinator's side.</summary>
    public async Task<TModel> CoordinateAsync(CancellationToken cancellationToken)
    {
        if (Rounds == 0) return First;
        var state = await TrainAsync(cancellationToken);
        if (state.Result is null)
        {
            var opening = new FinalStep(Session, Work.Then("final"), learner.Opened(First));
            var opened = learner.Finish(learner.Unpack(run.Schema, await opening.OpenAsync(state.Model!, learner.Name, cancellationToken)));
            state = DataPosition.Over(learner.Pack(opened));
            await _checkpoint.SaveAsync(state.ToBytes(), Work, cancellationToken);
        }
        return learner.Unpack(run.Schema, state.Result!);
    }

    /// <summary>The helper's side.</summary>
    public async Task HelpAsync(CancellationToken cancellationToken)
    {
        if (Rounds == 0) return;
        var state = await TrainAsync(cancellationToken);
        if (state.Result is not null) return;
        await new FinalStep(Session, Work.Then("final"), learner.Opened(First)).GiveAsync(state.Model!, cancellationToken);
        await _checkpoint.SaveAsync(DataPosition.Over(null).ToBytes(), Work, cancellationToken);
    }

    /// <summary>All rounds.</summary>
    private async Task<DataPosition> TrainAsync(CancellationToken cancellationToken)
    {
        var state = await _checkpoint.LoadAsync(cancellationToken) is { } saved
            ? DataPosition.Read(saved.Span, Format, Session.Self, run.Terms.Tag)
            : new DataPosition(0, learner.Pack(First).Select(m => TwoPartyMatrix.Known(Format, ValueHolder.Both, m.Rows, m.Columns, m)), null);
        if (state.Result is not null) return state;
        _forms.RequireRoom();
        var peer = Session.IsCoordinator ? Session.Roster.Helper!.Value : Session.Roster.Coordinator;
        using var seeds = await TwoPartySeeds.ExchangeAsync(Session, peer, Session.IsCoordinator, Work.Then("pair"), cancellationToken);
        var data = await DataAsync(cancellationToken);
        while (state.Round < Rounds)
        {
            var step = Work.Then(state.Round);
            state = new DataPosition(state.Round + 1, await RoundAsync(seeds, peer, data, state.Model!, run.RoundOf(state.Round), step, cancellationToken), null);
            await _checkpoint.SaveAsync(state.ToBytes(), step, cancellationToken);
            Session.Progress?.Report(new RunProgress(learner.Name, run.StepOf(state.Round - 1), state.Round - 1, Rounds, null, double.NaN, data.Participants));
        }
        return state;
    }

    /// <summary>The model's shares after a round.</summary>
    private async Task<Blocks<TwoPartyMatrix>> RoundAsync(
        TwoPartySeeds seeds, PartyId peer, SharedData data, Blocks<TwoPartyMatrix> model, Round round, StepTag step, CancellationToken cancellationToken)
    {
        using var measured = Session.Times.Measure(run.StepOf(round.Index), Activity.Computing);
        var secret = await TwoPartySeeds.DurableSecretAsync(Session, step.Then("secret"), cancellationToken);
        using var link = await TwoPartyLink.OpenAsync(Session.Channel, peer, Session.IsCoordinator, seeds, step.Then("shares"), CryptographicRandom.Expanding(secret.Span), cancellationToken);
        return await SharedRound.ComputeAsync(learner, new RefinedArithmetic(new TwoPartyArithmetic(link)), data, model, round, _forms.IsContribution, cancellationToken);
    }

    /// <summary>Everybody's rows, once they are here for good.</summary>
    private async Task<SharedData> DataAsync(CancellationToken cancellationToken)
    {
        var place = Work.Then("rows").Path;
        if (await Session.Checkpoints.LoadAsync(place, cancellationToken) is { } saved) return SharedData.Read(saved.Span, Format, Session.Self, DataStep);
        var data = SharedData.Of(await new SharingStep<TModel>(run, _forms, DataStep).GatherAsync(cancellationToken), Format);
        await Session.Checkpoints.SaveAsync(place, data.ToBytes(), DataStep, cancellationToken);
        return data;
    }
}
