using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Learning.External;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Traffic;

namespace Coterie.Federation.Runs.Planning;

/// <summary>
/// Goes through the stages of a run in clear and writes down what each round would send. Preprocessing runs to its end; of the learner
/// only the first rounds, after which shapes no longer change, or all of them where shapes follow from rows.
/// </summary>
internal sealed class PlanningTrainer(TrafficModel traffic, int participants, bool allowSmallRoster) : IStageTrainer
{
    /// <summary>Searches and refinements that change the model's shape begin well before.</summary>
    private const int ProbedRounds = 64;

    private readonly List<PlannedStage> _stages = [];

    public ImmutableArray<PlannedStage> Stages => [.. _stages];

    public ContributionProfile? Profile { get; private set; }

    /// <summary>The schema the learner sees.</summary>
    public Schema? Input { get; private set; }

    public ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
        where TModel : class
    {
        var isLearner = summed is ILearner;
        var model = summed.Initialize(schema, stage.Seed);
        if (isLearner) (Input, Profile) = (schema, ContributionProfile.Of(summed, schema, model, shards[0], RoundOf(schema, stage, 0)));
        var probe = Probe(summed, stage, schema, shards, isLearner && !summed.ShapesFollowRows ? Math.Min(ProbedRounds, stage.Stop.Rounds) : stage.Stop.Rounds, cancellationToken);
        _stages.Add(Plan(summed, stage, schema, shards, probe, isLearner));
        return new(isLearner ? null : probe.Model);
    }

    private PlannedStage Plan<TModel>(ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, Probed<TModel> probe, bool isLearner) where TModel : class
    {
        var parts = new List<PlannedRounds>();
        var own = isLearner ? traffic.OfLearner(summed, schema, RoundOf(schema, stage, 0), shards) : null;
        var sampled = Sampling.CountOf(participants, stage.SampleFraction, allowSmallRoster);
        var uncompressed = (summed as ILearner)?.CompressionAmong(sampled)?.Uncompressed;
        for (var index = 0; index < (isLearner && !summed.ShapesFollowRows ? stage.Stop.Rounds : probe.Told.Count); index++)
        {
            // Fields of packed numbers have room for those whom the round takes.
            var round = RoundOf(schema, stage, index) with { Participants = sampled };
            var layout = summed.ShapesFollowRows ? probe.Layouts[index] : summed.Layout(schema, probe.Model, round);
            var (sum, told) = own is null ? (SumOf(stage, layout.Sum(b => (long)b.Length)), probe.ToldIn(index)) : (own.Sum(round, layout), own.Told);
            var prepared = own?.Prepared?.Invoke(round, layout);
            if (parts is [.., var last] && last.Sum == sum && last.Told == told && last.Prepared == prepared && Same(last.Layout, layout)) parts[^1] = last with { Count = last.Count + 1 };
            else parts.Add(new PlannedRounds(index, 1, layout, sum, told) { Prepared = prepared, UncompressedSum = uncompressed is null ? null : SumOf(stage, uncompressed.Accept(new EntriesOf(schema, round))) });
        }
        var isTold = stage.ModelTo == ModelAudience.Everyone && probe.Told.Count > 0;
        var toHelper = isTold && !isLearner ? traffic.ToldToHelper(summed.Pack(summed.Finish(probe.Model))) : default;
        return new PlannedStage(summed.Name, isLearner, [.. parts], toHelper + (own?.End ?? (isTold ? probe.Told[^1] : traffic.Broadcast(Blocks<Matrix>.Empty, summed.Remembers))))
        {
            Beginning = parts.Count > 0 ? own?.Beginning ?? traffic.Beginning : default,
            AheadOnce = own?.AheadOnce ?? default,
            RoundsInClear = isLearner && probe.Ended ? probe.Told.Count : null,
        };
    }

    /// <summary>What a sum takes; of those that a round samples, on average over all.</summary>
    private TrafficEstimate SumOf(TrainingStage stage, long entries)
    {
        var count = Sampling.CountOf(participants, stage.SampleFraction, allowSmallRoster);
        if (count == participants) return traffic.Sum(entries);
        var sum = traffic.Among(count).Sum(entries);
        return sum with { EachParticipant = sum.EachParticipant * count / participants, Messages = sum.Messages with { EachParticipant = sum.Messages.EachParticipant * count / participants } };
    }

    private Probed<TModel> Probe<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Schema schema, IReadOnlyList<Shard> shards, int rounds, CancellationToken cancellationToken)
        where TModel : class
    {
        var model = summed.Initialize(schema, stage.Seed);
        // Its shapes never change, and planning runs nobody's program.
        if (summed is ExternalLearner) return new Probed<TModel>(model, [traffic.Broadcast(summed.Pack(model), summed.Remembers)], [], stage.Stop.Rounds == 0);
        var (told, layouts) = (new List<TrafficEstimate>(), new List<ImmutableArray<BlockSpec>>());
        ILocal<TModel>[]? locals = null;
        var ended = stage.Stop.Rounds == 0;
        for (var index = 0; index < rounds && !ended; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var round = RoundOf(schema, stage, index);
            locals ??= [.. shards.Select(shard => summed.Open(schema, shard))];
            if (summed.ShapesFollowRows) layouts.Add(summed.Layout(schema, model, round));
            var total = locals.Select(local => local.Contribute(model, round)).Aggregate((a, b) => a + b);
            var step = summed.Update(schema, model, total, round);
            model = step.Model;
            ended = step.Done || index + 1 >= stage.Stop.Rounds || (stage.Stop.Tolerance is { } tolerance && step.Change <= tolerance);
            told.Add(traffic.Broadcast(summed.Told(summed.Pack(model)), summed.Remembers));
        }
        return new Probed<TModel>(model, told, layouts, ended);
    }

    private Round RoundOf(Schema schema, TrainingStage stage, int index) => new(index, schema.TotalRows, participants, stage.Seed);

    private static bool Same(ImmutableArray<BlockSpec> left, ImmutableArray<BlockSpec> right) =>
        left.Length == right.Length && left.Zip(right).All(p => p.First.Name == p.Second.Name && p.First.Rows == p.Second.Rows && p.First.Columns == p.Second.Columns);

    /// <summary>Entries of a contribution to a round, which do not depend on the model.</summary>
    private sealed class EntriesOf(Schema schema, Round round) : ILearnerVisitor<long>
    {
        public long Visit<TModel>(ILearner<TModel> learner) where TModel : class =>
            learner.Layout(schema, learner.Initialize(schema, round.Seed), round).Sum(b => (long)b.Length);
    }

    /// <summary>What the first rounds in clear gave.</summary>
    /// <param name="Model">The model after them.</param>
    /// <param name="Told">Bytes of the broadcast after each.</param>
    /// <param name="Layouts">What was laid out in each, where that follows from rows.</param>
    /// <param name="Ended">Whether training ended within them.</param>
    private sealed record Probed<TModel>(TModel Model, List<TrafficEstimate> Told, List<ImmutableArray<BlockSpec>> Layouts, bool Ended) where TModel : class
    {
        /// <summary>
        /// The broadcast if training goes on after that round. A final model may be shorter, without the state of a search; beyond the
        /// rounds that were tried it is the longest one seen.
        /// </summary>
        public TrafficEstimate ToldIn(int index)
        {
            var ongoing = Ended && Told.Count > 1 ? Told.Count - 1 : Told.Count;
            return index < ongoing ? Told[index] : Told.Take(ongoing).MaxBy(t => t.Coordinator);
        }
    }
}
