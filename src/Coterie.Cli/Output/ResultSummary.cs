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
        var rows = result.Task.Data.Participants.IsEmpty ? result.Outcome.Model.Input.TotalRows : result.Task.Data.Participants.Sum(p => (long)p.Shard.Rows);
        console.MarkupLineInterpolated($"[bold]{result.Task.File.Name}[/]");
        console.WriteLine($"{result.Task.File.Learner.Name}, {result.Task.Mode.Mode}, {Format.Plural(result.Outcome.Roster.Participants.Length, "participant")}, {Format.Plural(rows, "training row")}");
        if (pick(result.Metrics) is { } metrics) WriteFigures(console, result, part, pick, metrics);
        else console.WriteLine("No row is on this machine, so there are no figures; 'coterie evaluate' computes them where rows are.");
        console.WriteLine();
        WriteCost(console, result);
    }

    private static void WriteFigures(IAnsiConsole console, TaskResult result, string part, Func<PartMetrics, Metrics?> pick, Metrics metrics)
    {
        string[] header = [$"on the {part} rows", "joint", .. result.Centralised is null ? [] : (string[])["pooled", "best alone", "mean alone"]];
        var headline = MetricNames.Headline(result.Task.Plan.Learner.Task);
        var figures = metrics.Values.OrderBy(v => v.Key == headline ? 0 : 1);
        console.WriteLine();
        Tables.Figures(console, header, [.. figures.Select(f => Row(result, f.Key, pick))]);
    }

    /// <summary>A metric of the model and, where there are baselines, of theirs.</summary>
    public static string[] Row(TaskResult result, string metric, Func<PartMetrics, Metrics?> pick)
    {
        string[] own = [Format.Metric(metric), Format.Number(pick(result.Metrics)?.Find(metric))];
        return result.Centralised is not { } pooled ? own
            : [.. own, Format.Number(pick(pooled)?.Find(metric)), Format.Number(LocalFigures.Best(result, metric, pick)), Format.Number(LocalFigures.Mean(result, metric, pick))];
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
        if (result.Compression is { } compression) console.WriteLine(compression.Sentence);
        foreach (var local in result.Local.Where(l => l.Metrics is null)) console.WriteLine($"{local.Name} alone gets no model: {local.Reason}");
    }
}
