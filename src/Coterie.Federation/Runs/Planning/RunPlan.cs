using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Privacy;
using Coterie.Privacy.Traffic;

namespace Coterie.Federation.Runs.Planning;

/// <summary>What a run will do and send, before it runs.</summary>
/// <param name="Task">The task.</param>
/// <param name="Mode">Who learns what.</param>
/// <param name="Stages">In order; the learner is last.</param>
/// <param name="Once">Bytes that are sent once per run.</param>
/// <param name="Profile">What the learner's contribution is made of; null where it is not written as hidden algebra.</param>
public sealed record RunPlan(PreparedTask Task, ModeDescription Mode, ImmutableArray<PlannedStage> Stages, TrafficEstimate Once, ContributionProfile? Profile)
{
    /// <summary>The learner's stage.</summary>
    public PlannedStage Learner => Stages[^1];

    /// <summary>Whether a run takes as many rounds as are asked for, though it would end earlier in clear.</summary>
    public bool HasFixedRounds => Mode.HasHelper;

    /// <summary>Rounds of the learner that figures over a whole run are about: as many as in clear where that is known, else the most.</summary>
    public int LikelyRounds => HasFixedRounds ? Learner.MaximumRounds : Learner.RoundsInClear ?? Learner.MaximumRounds;

    /// <summary>What compression of contributions saves and costs over <see cref="LikelyRounds"/>; null where there is none.</summary>
    public CompressionFigures? Compression { get; init; }

    /// <summary>Bytes of the whole run when the learner takes so many rounds.</summary>
    public TrafficEstimate Over(int learnerRounds) => Over(learnerRounds, isPrepared: false);

    /// <summary>Bytes that preparing sends, and all others of a run that is prepared, when the learner takes so many rounds; null where nothing can be prepared.</summary>
    public (TrafficEstimate Ahead, TrafficEstimate Then)? PreparedOver(int learnerRounds)
    {
        if (Learner.AheadOver(learnerRounds) is not { } ahead) return null;
        return (ahead, Over(learnerRounds, isPrepared: true));
    }

    private TrafficEstimate Over(int learnerRounds, bool isPrepared)
    {
        var total = Once;
        foreach (var stage in Stages) total += stage.Over(stage.IsLearner ? learnerRounds : stage.MaximumRounds, isPrepared);
        return total;
    }

    /// <summary>Plans a task. Preprocessing, and the first rounds of the learner, run in clear on this machine's rows to find shapes.</summary>
    /// <exception cref="Core.Learning.ShardException">The rows cannot be used.</exception>
    /// <exception cref="ArgumentException">The mode's messages are not known to the plan.</exception>
    public static async Task<RunPlan> OfAsync(PreparedTask task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ImmutableArray<PartyId> names = [.. task.Data.Participants.Select(p => p.Name)];
        var traffic = new TrafficModel(task.Mode, FederatedTraining.Coordinator, names);
        var trainer = new PlanningTrainer(traffic, names.Length, task.Mode.AllowSmallRoster);
        await Pipeline.RunAsync(task.Plan, "plan", task.Data.Schema, [.. task.Data.Participants.Select(p => p.Shard)], trainer, cancellationToken);
        var stages = trainer.Stages;
        // The seed of sparse graphs and the participants' key are agreed before the first sum, whatever stage it is in.
        var once = stages.Any(s => s.MaximumRounds > 0) ? traffic.Agreement + traffic.GraphSeed + traffic.ParticipantKeys : traffic.Agreement;
        return new RunPlan(task, ModeCatalogue.Find(task.Mode.Mode)!, stages, once, trainer.Profile)
        {
            Compression = trainer.Input is { } input ? CompressionFigures.Of(task.Plan.Learner, input, task.ParticipantsPerRound, stages[^1].RoundsInClear ?? stages[^1].MaximumRounds) : null,
        };
    }
}
