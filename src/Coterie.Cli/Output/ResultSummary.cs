using Coterie.Core.Learning;
using Coterie.Federation.Runs;
using Coterie.Learning.Evaluation;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>A finished run in a terminal: its figures beside the baselines, and what it cost.</summary>
internal static class ResultSummary
{
    /// <summary>The part of the data whose figures are shown, and how to get at it.</summary>
    public static (string Name, Func<PartMetrics, Metrics?> Pick) Part(PartMetrics metrics) =>
        metrics.Test is not null ? ("test", m => m.Test) : metrics.Validation is not null ? ("validation", m => m.Validation) : ("train", m => m.Train);

    public static void Write(IAnsiConsole console, TaskResult result)
    {
        var (part, pick) = Part(result.Metrics);
        var rows = result.Task.Data.Participants.Sum(p => p.Shard.Rows);
        console.MarkupLineInterpolated($"[bold]{result.Task.File.Name}[/]: {result.Task.File.Learner.Name}, {result.Task.Mode.Mode}, {Format.Plural(result.Task.Data.Participants.Length, "participant")}, {Format.Plural(rows, "training row")}");
        var table = Tables.Create($"on the {part} rows", "together");
        if (result.Centralised is not null)
            foreach (var column in new[] { "all rows pooled", "best one alone", "mean alone" }) table.AddColumn(Tables.Figures(column));
        var headline = MetricNames.Headline(result.Task.Plan.Learner.Task);
        foreach (var (name, value) in pick(result.Metrics)!.Values.OrderBy(v => v.Key == headline ? 0 : 1))
        {
            string[] cells = [Format.Metric(name), Format.Number(value)];
            if (result.Centralised is { } pooled)
                cells = [.. cells, Format.Number(pick(pooled)?.Find(name)), Format.Number(LocalFigures.Best(result, name, pick)), Format.Number(LocalFigures.Mean(result, name, pick))];
            table.AddRow(cells);
        }
        console.Write(table);
        WriteCost(console, result);
    }

    /// <summary>Bytes a participant sent, on average.</summary>
    public static double BytesPerParticipant(TaskResult result) =>
        result.Outcome.Roster.Participants.Average(p => (double)result.Outcome.Traffic.SentBy(p));

    private static void WriteCost(IAnsiConsole console, TaskResult result)
    {
        var outcome = result.Outcome;
        console.WriteLine(
            $"{Format.Plural(outcome.Rounds, "round")} in {Format.Seconds(outcome.Elapsed)} s; each participant sent {Format.Bytes(BytesPerParticipant(result))}, "
            + $"the coordinator {Format.Bytes(outcome.Traffic.SentBy(outcome.Roster.Coordinator))}.");
        foreach (var local in result.Local.Where(l => l.Metrics is null)) console.WriteLine($"{local.Name} alone gets no model: {local.Reason}");
        if (result.Task.Plan.Learner.Task == LearningTask.Clustering && outcome.Model.Parameters.Find("centroids") is { } centroids)
            console.WriteLine($"{Format.Plural(centroids.Rows, "cluster")}.");
    }
}
