using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.External;
using Coterie.Federation.Training;
using Coterie.Learning.External;

namespace Coterie.Federation.Runs;

/// <summary>How a task is run on this machine.</summary>
public sealed record RunOptions
{
    /// <summary>Whether the centralised model and each participant alone are trained beside the run.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Told after every round; may be null.</summary>
    public IProgress<RunProgress>? Progress { get; init; }
}

/// <summary>Runs a prepared task with all parties in this process, and what its figures are compared with.</summary>
public static class TaskRunner
{
    /// <summary>Trains, evaluates, and trains the baselines.</summary>
    /// <inheritdoc cref="FederatedTraining.RunAsync(TrainingTask, CancellationToken)"/>
    public static async Task<TaskResult> RunAsync(PreparedTask task, RunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        var outcome = await FederatedTraining.RunAsync(task.ToTrainingTask() with { Progress = options.Progress }, cancellationToken);
        var result = Evaluate(task, outcome);
        return options.Baselines ? await WithBaselinesAsync(result, cancellationToken) : result;
    }

    /// <summary>A run's result, with its model's figures on the rows that are on this machine.</summary>
    public static TaskResult Evaluate(PreparedTask task, TrainingOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(outcome);
        outcome = outcome with { Model = outcome.Model with { Learner = ExternalPrograms.Allow(outcome.Model.Learner, (task.Plan.Learner as ExternalLearner)?.Programs) } };
        // A party that runs no program has the model and cannot ask it anything.
        if (outcome.Model.Learner is ExternalLearner { Programs: null }) return new TaskResult { Task = task, Outcome = outcome, Metrics = new PartMetrics(null, null, null) };
        return new TaskResult
        {
            Task = task,
            Outcome = outcome,
            Metrics = Evaluate(outcome.Model, task),
            Test = task.Data.Test is { } test ? ModelEvaluation.Evaluate(outcome.Model, test) : null,
        };
    }

    /// <summary>The same plan on pooled rows and on each participant's own.</summary>
    public static async Task<TaskResult> WithBaselinesAsync(TaskResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var task = result.Task;
        Shard[] shards = [.. task.Data.Participants.Select(p => p.Shard)];
        var centralised = await LocalPipeline.CentralisedAsync(task.Plan, task.Data.Schema, shards, cancellationToken);
        var local = ImmutableArray.CreateBuilder<LocalBaseline>();
        foreach (var participant in task.Data.Participants) local.Add(await AloneAsync(task, participant.Name, participant.Shard, cancellationToken));
        return result with { Centralised = Evaluate(centralised, task), Local = local.ToImmutable() };
    }

    private static async Task<LocalBaseline> AloneAsync(PreparedTask task, PartyId name, Shard shard, CancellationToken cancellationToken)
    {
        try
        {
            return new LocalBaseline(name, Evaluate(await LocalPipeline.AloneAsync(task.Plan, task.Data.Schema, shard, cancellationToken), task), null);
        }
        catch (Exception error) when (error is ShardException or ArgumentException or ArithmeticException)
        {
            // One participant's rows need not suffice for a model: that is a finding, not a failure of the run.
            return new LocalBaseline(name, null, error.Message);
        }
    }

    /// <summary>The model's figures on the rows that are on this machine.</summary>
    private static PartMetrics Evaluate(TrainedModel model, PreparedTask task) => new(
        task.Data.Participants.IsEmpty ? null : ModelEvaluation.Evaluate(model, Shard.Concatenate([.. task.Data.Participants.Select(p => p.Shard)])).Metrics,
        task.Data.Validation is { } validation ? ModelEvaluation.Evaluate(model, validation).Metrics : null,
        task.Data.Test is { } test ? ModelEvaluation.Evaluate(model, test).Metrics : null);
}
