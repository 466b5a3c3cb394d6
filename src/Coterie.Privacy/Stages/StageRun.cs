using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Stages;

/// <summary>One stage at a party that knows the model: what is trained, under which terms, and the steps that need no other party.</summary>
internal sealed record StageRun<TModel>(ISummed<TModel> Summed, TrainingStage Terms, Session Session, Schema Schema) where TModel : class
{
    /// <summary>Where every party begins.</summary>
    public Position First => new(0, Terms.Stop.Rounds == 0, Summed.Pack(Summed.Initialize(Schema, Terms.Seed)));

    public StepTag StepOf(int round) => Terms.Tag.Then(round);

    public Round RoundOf(int index) => new(index, Schema.TotalRows, SessionOf(index).Roster.Participants.Length, Terms.Seed);

    /// <summary>This party's session for a round: of those that take part in it.</summary>
    public Session SessionOf(int index) => Sampling.SessionOf(Session, Terms, index);

    /// <summary>The learner's step, measured.</summary>
    public Step<TModel> Update(TModel model, Blocks<Matrix> total, Round round)
    {
        using (Session.Times.Measure(StepOf(round.Index), Activity.Computing)) return Summed.Update(Schema, model, total, round);
    }

    /// <summary>Where the stage stands after a step: pure, so that all who know the total agree.</summary>
    public Position After(int round, Step<TModel> step)
    {
        var done = step.Done || round + 1 >= Terms.Stop.Rounds || (Terms.Stop.Tolerance is { } tolerance && step.Change <= tolerance);
        return new Position(round + 1, done, Summed.Pack(done ? Summed.Finish(step.Model) : step.Model));
    }

    /// <summary>Says that somebody learned the total.</summary>
    public void Record(SumRequest request, SumOutcome outcome) =>
        Session.Transcript.Record(new Opening($"sum of contributions to {Summed.Name}", Session.Self, request.Step, request.Length, outcome.Survivors.Length));

    /// <summary>Tells whoever waits.</summary>
    public void Report(Round round, Step<TModel> step, SumOutcome outcome) =>
        Session.Progress?.Report(new RunProgress(Summed.Name, StepOf(round.Index), round.Index, Terms.Stop.Rounds, step.Loss, step.Change, outcome.Survivors.Length));

    /// <summary>A model from what the coordinator told. What is no model of this kind is the coordinator's doing.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.MalformedMessage"/>.</exception>
    public static TModel Unpack(ISummed<TModel> summed, Schema schema, Blocks<Matrix> told, PartyId coordinator, StepTag step)
    {
        try
        {
            return summed.Unpack(schema, told);
        }
        catch (Exception refused) when (refused is ArgumentException or KeyNotFoundException)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"The coordinator broadcast what is no model of {summed.Name}: {refused.Message}", step.Path, coordinator);
        }
    }
}
