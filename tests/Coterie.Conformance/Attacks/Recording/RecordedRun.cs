using System.Collections.Immutable;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Traffic;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>A small run of which everything that was sent is kept: ninety rows at five participants, two rounds.</summary>
internal sealed class RecordedRun
{
    /// <summary>The mode in which somebody else than the coordinator owns the encrypted model.</summary>
    public const string Owned = "encrypted-model of a buyer";

    private readonly TrainingTask _task;
    private readonly Recorder _recorder;

    private RecordedRun(TrainingTask task, Recorder recorder, TrainingOutcome outcome) => (_task, _recorder, Outcome) = (task, recorder, outcome);

    public TrainingOutcome Outcome { get; }

    public ImmutableArray<Envelope> Messages => _recorder.Messages;

    public Recorder Recorder => _recorder;

    public ImmutableArray<PartyId> Participants => Outcome.Roster.Participants;

    /// <summary>Runs it, with the same rows every time.</summary>
    public static async Task<RecordedRun> RunAsync(string mode, string learner, Func<Envelope, Envelope>? alter = null)
    {
        var task = TaskOf(mode, learner);
        var recorder = new Recorder(alter);
        return new RecordedRun(task, recorder, await FederatedTraining.RunAsync(task, recorder.Network, CancellationToken.None));
    }

    /// <summary>What the plan of it says: the stages, with the blocks of every contribution.</summary>
    public static async Task<ImmutableArray<PlannedStage>> PlanAsync(string mode, string learner)
    {
        var task = TaskOf(mode, learner);
        var planner = new PlanningTrainer(new TrafficModel(task.Mode, FederatedTraining.Coordinator, [.. task.Participants.Select(p => p.Name)]), task.Participants.Length, allowSmallRoster: false);
        await Pipeline.RunAsync(task.Plan, "plan", task.Schema, [.. task.Participants.Select(p => p.Shard)], planner, CancellationToken.None);
        return planner.Stages;
    }

    /// <summary>Every cell of a participant's rows, as its file has it and as the learner sees it.</summary>
    public Needles RowsOf(PartyId participant) => new Needles().Add(Cells(ShardOf(participant))).Add(Cells(Prepared(participant)));

    /// <summary>A participant's contributions to every round, as they would be in clear: at the models of a run in clear.</summary>
    public Needles ContributionsOf(PartyId participant) => Outcome.Model.Learner.Accept(new Contributions(this, participant));

    /// <summary>The final model's numbers.</summary>
    public Needles Model => new Needles().Add(Outcome.Model.Parameters.Values.SelectMany(v => v.ToArray()));

    private Shard ShardOf(PartyId participant) => _task.Participants.Single(p => p.Name == participant).Shard;

    private Shard Prepared(PartyId participant) => Outcome.Model.Prepare(ShardOf(participant));

    private static IEnumerable<double> Cells(Shard shard) => [.. shard.Features.ToArray(), .. shard.Targets?.ToArray() ?? []];

    private static TrainingTask TaskOf(string mode, string name)
    {
        var learner = Learner(name);
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode == Owned ? Runs.SeparatelyOwned : Runs.ModeOf(mode));
        return task with { Plan = task.Plan with { Stop = new StopRule(Math.Min(2, learner.DefaultStop.Rounds), null) } };
    }

    private static ILearner Learner(string name) => name switch
    {
        "ridge" => new RidgeRegression(),
        "logistic" => new LogisticRegression(),
        "ridge-descent" => new RidgeDescent(2, 0.3),
        "logistic-descent" => new LogisticDescent(1, LogisticPenalty.L2, 0.5),
        "logistic-bound" => new BoundedBinary(BoundedLoss.Logistic, 2),
        _ => throw new ArgumentException(name),
    };

    private sealed class Contributions(RecordedRun run, PartyId participant) : ILearnerVisitor<Needles>
    {
        public Needles Visit<TModel>(ILearner<TModel> learner) where TModel : class
        {
            var (needles, schema, count) = (new Needles(), run.Outcome.Model.Input, run.Participants.Length);
            var locals = run.Participants.ToDictionary(p => p, p => learner.Open(schema, run.Prepared(p)));
            var model = learner.Initialize(schema, run._task.Plan.Seed);
            for (var index = 0; index < run.Outcome.Rounds; index++)
            {
                var round = new Round(index, schema.TotalRows, count, run._task.Plan.Seed);
                var contributions = run.Participants.ToDictionary(p => p, p => locals[p].Contribute(model, round));
                var mine = contributions[participant];
                needles.Add(mine.Values.SelectMany(v => v.ToArray()));
                var request = new SumRequest(new StepTag("any"), learner.Layout(schema, model, round), round, new byte[32]);
                needles.AddRing(ContributionCodec.Encode(request, ContributionCodec.Flatten(request, mine, participant)));
                model = learner.Update(schema, model, contributions.Values.Aggregate((a, b) => a + b), round).Model;
            }
            return needles;
        }
    }
}
