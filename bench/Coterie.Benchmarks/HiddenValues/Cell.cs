using Coterie.Benchmarks.Measuring;
using Coterie.Core.Parties;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.Benchmarks.HiddenValues;

/// <summary>A learner in a mode on rows of five owners; trained whole, from rows in memory to the model.</summary>
internal sealed class Cell
{
    private readonly PreparedTask _task;
    private readonly List<(double Cpu, double Wall, double Key)> _runs = [];

    /// <summary>A cell.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="learner">The learner, for the table.</param>
    /// <param name="rest">Lines of the task but for its name and mode.</param>
    /// <param name="metric">What is told of the model on test rows.</param>
    public Cell(string mode, string learner, string rest, string? metric)
    {
        (Mode, Learner, Metric) = (mode, learner, metric);
        var privacy = mode == ModeCatalogue.EncryptedModel ? $"{{ mode: {mode}, key-bits: 2048 }}" : $"{{ mode: {mode} }}";
        _task = PreparedTask.Prepare(TaskFile.Parse($"task: cell\n{rest}\nprivacy: {privacy}\n", Path.Combine(Places.Repository, "cell.yaml")), seed: 1);
    }

    public string Mode { get; }

    public string Learner { get; }

    public string? Metric { get; }

    public int Rows => _task.Data.Participants.Sum(p => p.Shard.Rows);

    public double Cpu => Stopwatches.Median([.. _runs.Select(r => r.Cpu)]);

    public double Wall => Stopwatches.Median([.. _runs.Select(r => r.Wall)]);

    /// <summary>Seconds to make a Paillier key, which are luck and are counted apart.</summary>
    public double Key => Stopwatches.Median([.. _runs.Select(r => r.Key)]);

    public int Rounds { get; private set; }

    public long Bytes { get; private set; }

    public double Result { get; private set; } = double.NaN;

    /// <summary>Trains; the first runs of a kind are forgotten by <see cref="Forget"/>.</summary>
    public async Task MeasureAsync()
    {
        TrainingOutcome? outcome = null;
        var elapsed = await Stopwatches.ProcessAsync(async () => outcome = await FederatedTraining.RunAsync(_task.ToTrainingTask()));
        var key = outcome!.Times.Values.Sum(t => t.Spent(Activity.Computing, step => step == "run/model-key").TotalSeconds);
        _runs.Add((elapsed.Cpu.TotalSeconds - key, elapsed.Wall.TotalSeconds - key, key));
        (Rounds, Bytes) = (outcome.Rounds, outcome.Roster.Parties.Sum(p => outcome.Traffic.SentBy(p.Id)));
        if (Metric is not null && _task.Data.Test is { } test) Result = ModelEvaluation.Evaluate(outcome.Model, test).Metrics[Metric];
        Console.Error.WriteLine($"{Mode}, {Learner}, {Rows} rows: {_runs[^1].Cpu:0.00} s, {Metric} {Result:0.####}");
    }

    public void Forget() => _runs.Clear();

    /// <summary>Whether the mode trains it.</summary>
    public static bool IsPossible(string mode, string learner, string rest)
    {
        if (ModeCatalogue.Find(mode) is null) return false;
        var task = TaskFile.Parse($"task: cell\n{rest}\nprivacy: {{ mode: federated }}\n", Path.Combine(Places.Repository, "cell.yaml"));
        return ModeCatalogue.Refusal(new ModeOptions(mode), PlannedTask.Of(task, 0).Plan.Learner) is null;
    }
}
