using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Training;

/// <summary>
/// Trains in one place, in clear: the pooled and the local-alone baselines, and what every mode is compared with.
/// </summary>
public static class LocalTraining
{
    /// <summary>
    /// Opens every shard once, then adds contributions in shard order in double precision and moves the model, until the learner is
    /// done, its change is at most the tolerance, or the rounds are used. <see cref="Round.TotalRows"/> is the schema's, or the
    /// number of rows given where the schema has none.
    /// </summary>
    /// <exception cref="ArgumentException">There is no shard.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two contributions.</exception>
    public static TrainingResult<TModel> Train<TModel>(
        ISummed<TModel> learner, Schema schema, IReadOnlyList<Shard> shards, StopRule stop, ulong seed, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(stop);
        if (shards.Count == 0) throw new ArgumentException("Training needs at least one shard.", nameof(shards));
        if (schema.TotalRows == 0) schema = schema with { TotalRows = shards.Sum(s => (long)s.Rows) };
        var locals = shards.Select(shard => learner.Open(schema, shard)).ToArray();
        var model = learner.Initialize(schema, seed);
        var history = ImmutableArray.CreateBuilder<TrainingRound>();
        for (var index = 0; index < stop.Rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, shards.Count, seed);
            var step = learner.Update(schema, model, Sum(locals, model, round, cancellationToken), round);
            model = step.Model;
            history.Add(new TrainingRound(step.Loss, step.Change));
            if (step.Done || step.Change <= stop.Tolerance) break;
        }
        return new TrainingResult<TModel>(learner.Finish(model), history.ToImmutable());
    }

    private static Blocks<Matrix> Sum<TModel>(ILocal<TModel>[] locals, TModel model, Round round, CancellationToken cancellationToken)
        where TModel : class
    {
        Blocks<Matrix>? total = null;
        foreach (var local in locals)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var contribution = local.Contribute(model, round);
            total = total is null ? contribution : total + contribution;
        }
        return total!;
    }
}
