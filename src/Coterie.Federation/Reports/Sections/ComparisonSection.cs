using System.Collections.Immutable;
using Coterie.Federation.Reports.Charts;

namespace Coterie.Federation.Reports.Sections;

/// <summary>Accuracy, time and bytes by mode beside the centralised result.</summary>
internal static class ComparisonSection
{
    public static void Write(Markup page, ReportData data)
    {
        if (data.Runs.IsEmpty) return;
        var heading = page.Identifier("heading");
        page.Open("section", ("aria-labelledby", heading)).Leaf("h2", data.Runs.Length > 1 ? "What privacy costs, mode by mode" : "What privacy costs", ("id", heading));
        foreach (var metric in data.Runs.Where(r => !r.Metrics.IsEmpty).Select(r => (r.Metrics[0].Name, r.Metrics[0].Part)).Distinct()) WriteTable(page, data, metric);
        var without = data.Runs.Where(r => r.Metrics.IsEmpty).ToImmutableArray();
        if (!without.IsEmpty) Blocks.Table(page, "Time and bytes by mode", ["mode", "time#", "rounds#", "sent#"], without.Select(r => Costs(data, r, [])));
        if (data.Runs.Length > 1) WriteCharts(page, data);
        page.Close();
    }

    private static void WriteTable(Markup page, ReportData data, (string Name, string Part) metric)
    {
        var runs = data.Runs.Where(r => !r.Metrics.IsEmpty && (r.Metrics[0].Name, r.Metrics[0].Part) == metric).ToArray();
        var rows = runs.Select(r => r.Metrics[0]).ToArray();
        var (central, best, mean) = (rows.Any(r => r.Centralised is not null), rows.Any(r => r.BestAlone is not null), rows.Any(r => r.MeanAlone is not null));
        ImmutableArray<string> head = ["mode", $"{MetricText.Name(metric.Name)} together#"];
        if (central) head = head.AddRange("centralised#", "difference#");
        if (best) head = head.Add("best alone#");
        if (mean) head = head.Add("mean alone#");
        var caption = $"{MetricText.Name(metric.Name)} on {metric.Part} rows ({(rows[0].HigherIsBetter ? "higher" : "lower")} is better), time and bytes by mode{(central ? ", beside the same learner on all rows in one place" : "")}";
        Blocks.Table(page, caption, head.AddRange("time#", "rounds#", "sent#"), runs.Zip(rows, (run, row) =>
        {
            ImmutableArray<string> cells = [NumberText.Number(row.Model)];
            if (central) cells = cells.AddRange(NumberText.Number(row.Centralised), Or(MetricText.Gap(row, row.Centralised)));
            if (best) cells = cells.Add(NumberText.Number(row.BestAlone));
            if (mean) cells = cells.Add(NumberText.Number(row.MeanAlone));
            return Costs(data, run, cells);
        }));
    }

    /// <summary>A pair of charts per learner: times and bytes of different learners have nothing to compare.</summary>
    private static void WriteCharts(Markup page, ReportData data)
    {
        var learners = data.Runs.GroupBy(r => r.Learner).ToArray();
        page.Open("div", ("class", "charts"));
        foreach (var runs in learners)
        {
            var suffix = learners.Length > 1 ? $", {runs.Key}" : "";
            ImmutableArray<Bar> seconds = [.. runs.Select(r => new Bar(r.Mode, [r.Seconds]))];
            Blocks.Figure(page, $"Time by mode{suffix}", "wall clock, from roster to model", [], () => BarChart.Write(
                page, "Time by mode", List(seconds, NumberText.Seconds), "time", Unit.Seconds, NumberText.Seconds, ["time"], seconds));
            ImmutableArray<Bar> bytes = [.. runs.Where(r => RunFigures.BytesSent(r) is not null).Select(r => new Bar(r.Mode, [RunFigures.BytesSent(r)!.Value]))];
            if (!bytes.IsEmpty) Blocks.Figure(page, $"Bytes by mode{suffix}", "sent by all parties together", [], () => BarChart.Write(
                page, "Bytes by mode", List(bytes, NumberText.Bytes), "sent", Unit.Bytes, NumberText.Bytes, ["sent"], bytes));
        }
        page.Close();
    }

    private static ImmutableArray<string> Costs(ReportData data, RunSection run, ImmutableArray<string> cells) =>
        [RunFigures.Name(data, run), .. cells, NumberText.Seconds(run.Seconds), NumberText.Count(run.Rounds), RunFigures.BytesSent(run) is { } b ? NumberText.Bytes(b) : NumberText.None];

    private static string List(ImmutableArray<Bar> bars, Func<double, string> format) => string.Join("; ", bars.Take(BarChart.MostBars).Select(b => $"{b.Name}: {format(b.Parts.Sum())}"));

    private static string Or(string text) => text.Length == 0 ? NumberText.None : text;
}
