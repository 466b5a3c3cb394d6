using System.Text.Json;
using Coterie.Cli.Output;
using Coterie.Federation.Runs;
using Spectre.Console;

namespace Coterie.Cli.Demo;

/// <summary>What the demo tells: the setting first, the figures at the end.</summary>
internal static class DemoOutput
{
    public static void Introduce(IAnsiConsole console, DemoChoice choice, IReadOnlyList<PreparedTask> tasks)
    {
        console.MarkupLine("[bold]Five participants train one model; nobody shows its rows to anybody.[/]");
        console.WriteLine();
        console.WriteLine("All run on this machine, each with its own keys, memory and rows:");
        Tables.Pairs(console, [.. tasks.Select(task => (task.File.Learner.Name, Holdings(task)))]);
        console.WriteLine();
        console.WriteLine(choice.IsUsual ? "What leaves a participant:" : "How rows are hidden:");
        Tables.Pairs(console, choice.Explanations);
        console.WriteLine();
    }

    private static string Holdings(PreparedTask task)
    {
        var rows = task.Data.Participants.Select(p => p.Shard.Rows).ToArray();
        var each = rows.Min() == rows.Max() ? $"{rows[0]}" : $"{rows.Min()} or {rows.Max()}";
        return $"{each} rows each of {Path.GetFileName(task.File.Data.File)}; {task.Data.Test?.Rows} test rows";
    }

    public static void Summarise(IAnsiConsole console, IReadOnlyList<DemoRun> runs, string folder)
    {
        foreach (var problem in runs.GroupBy(r => r.Problem))
        {
            var first = problem.First().Result;
            var metric = MetricNames.Headline(first.Task.Plan.Learner.Task);
            var (part, pick) = ResultSummary.Part(first.Metrics);
            console.MarkupLineInterpolated($"[bold]{problem.Key.Title}[/] ({part} {Format.Metric(metric)}, {(MetricNames.IsHigherBetter(metric) ? "higher" : "lower")} is better)");
            string[][] rows = [.. problem.Select(run => (string[])
            [
                run.Mode.Title, .. ResultSummary.Row(run.Result, metric, pick).Skip(1),
                Format.Seconds(run.Result.Outcome.Elapsed) + " s", Format.Bytes(ResultSummary.BytesPerParticipant(run.Result)),
            ])];
            Tables.Figures(console, ["mode", "joint", "pooled", "best alone", "mean alone", "time", "sent"], rows, [18, 7, 7, 10, 10, 6, 7]);
            console.WriteLine();
        }
        Tables.Pairs(console,
        [
            ("joint", "the model trained by all five"),
            ("pooled", "the same learner on all rows in one place"),
            ("alone", "each participant on its own rows"),
            ("sent", "bytes per participant over the whole run"),
        ]);
        console.WriteLine();
        var shown = Format.Path(folder);
        console.WriteWhole($"Report: {Path.Combine(shown, "report.html")}");
        console.WriteWhole($"Next:   coterie train {Path.Combine(shown, DemoTasks.NameOf(runs[0].Problem, runs[Math.Min(1, runs.Count(r => r.Problem == runs[0].Problem) - 1)].Mode), "task.yaml")}");
    }

    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<DemoRun> runs, string folder)
    {
        json.WriteStartObject();
        json.WriteString("folder", folder);
        json.WriteString("report", Path.Combine(folder, "report.html"));
        json.WriteStartArray("runs");
        foreach (var run in runs) ResultJson.Write(json, run.Result, Path.Combine(folder, run.Result.Task.File.Name));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
