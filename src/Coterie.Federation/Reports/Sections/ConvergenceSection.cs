using System.Collections.Immutable;
using Coterie.Federation.Reports.Charts;

namespace Coterie.Federation.Reports.Sections;

/// <summary>How training went, round by round.</summary>
internal static class ConvergenceSection
{
    private const double ManyTimes = 50;     // a larger ratio flattens the interesting end of a linear axis
    private const int MostRows = 200;

    public static void Write(Markup page, RunSection run)
    {
        if (run.History.IsEmpty) return;
        page.Leaf("h3", "How training went");
        if (run.History.Length == 1) page.Leaf("p", "The learner needed a single round, so there is no curve to draw.");
        else WriteCharts(page, run.History);
        WriteTable(page, run.History);
    }

    private static void WriteCharts(Markup page, ImmutableArray<HistoryPoint> history)
    {
        page.Open("div", ("class", "charts"));
        Curve(page, "Loss", "the learner's objective at the start of each round", history, h => h.Loss);
        Curve(page, "Change", "size of the model's step", history, h => h.Change);
        var bytes = history.Select(h => (double)h.BytesSent.Sum(b => b.Bytes)).ToArray();
        if (bytes.Any(b => b > 0)) Draw(page, "Bytes per round", "sent by all parties", history, bytes, Axis.Linear("sent", bytes.Append(0), Unit.Bytes), NumberText.Bytes);
        if (history.Any(h => h.ComputingSeconds > 0 || h.WaitingSeconds > 0)) WriteTimes(page, history);
        if (history.Select(h => h.Survivors).Distinct().Count() > 1)
            Draw(page, "Survivors", "participants whose contributions were added", history, [.. history.Select(h => (double)h.Survivors)], Axis.Linear("participants", history.Select(h => (double)h.Survivors).Append(0), Unit.Count), v => NumberText.Count((long)v));
        page.Close();
    }

    private static void Curve(Markup page, string title, string remark, ImmutableArray<HistoryPoint> history, Func<HistoryPoint, double?> value)
    {
        var values = history.Select(h => value(h) ?? double.NaN).ToArray();
        var known = values.Where(double.IsFinite).ToArray();
        if (known.Length == 0) return;
        var positive = known.Where(v => v > 0).ToArray();
        var logarithmic = known.All(v => v >= 0) && positive.Length > 1 && positive.Max() > positive.Min() * ManyTimes;
        var name = title.ToLowerInvariant();
        Draw(page, title, remark, history, values, logarithmic ? Axis.Logarithmic(name, known) : Axis.Linear(name, known), v => NumberText.Number(v));
    }

    private static void Draw(Markup page, string title, string remark, ImmutableArray<HistoryPoint> history, double[] values, Axis y, Func<double, string> format)
    {
        ImmutableArray<(double, double)> points = [.. history.Zip(values, (h, v) => (h.Round + 1.0, v))];
        var description = $"{title} over {NumberText.Plural(history.Length, "round")}: from {format(values[0])} to {format(values[^1])}.";
        Blocks.Figure(page, title, remark, [], () => LineChart.Write(page, $"{title} by round", description, Rounds(history), y, [new Series("", points)]));
    }

    private static void WriteTimes(Markup page, ImmutableArray<HistoryPoint> history)
    {
        ImmutableArray<(double, double)> computing = [.. history.Select(h => (h.Round + 1.0, h.ComputingSeconds))];
        ImmutableArray<(double, double)> waiting = [.. history.Select(h => (h.Round + 1.0, h.WaitingSeconds))];
        var y = Axis.Linear("time", history.SelectMany(h => new[] { h.ComputingSeconds, h.WaitingSeconds }).Append(0), Unit.Seconds);
        var description = $"Computing {NumberText.Seconds(history.Sum(h => h.ComputingSeconds))} and waiting {NumberText.Seconds(history.Sum(h => h.WaitingSeconds))} in all.";
        Blocks.Figure(page, "Time per round", "", ["computing", "waiting"], () => LineChart.Write(
            page, "Time per round", description, Rounds(history), y, [new Series("computing", computing), new Series("waiting", waiting)]));
    }

    private static Axis Rounds(ImmutableArray<HistoryPoint> history) => Axis.Whole("round", history.Select(h => h.Round + 1.0));

    private static void WriteTable(Markup page, ImmutableArray<HistoryPoint> history)
    {
        var rows = Sampling.Evenly(history, MostRows);
        Blocks.Details(page, "Rounds as a table", () => Blocks.Table(
            page, rows.Length < history.Length ? $"{NumberText.Count(rows.Length)} of {NumberText.Count(history.Length)} rounds" : "Every round",
            ["round#", "loss#", "change#", "computing#", "waiting#", "survivors#", "sent#"],
            rows.Select(h => ImmutableArray.Create(
                NumberText.Count(h.Round + 1L), NumberText.Number(h.Loss), NumberText.Number(h.Change), NumberText.Seconds(h.ComputingSeconds), NumberText.Seconds(h.WaitingSeconds), NumberText.Count(h.Survivors),
                h.BytesSent.IsEmpty ? NumberText.None : NumberText.Bytes(h.BytesSent.Sum(b => b.Bytes))))));
    }
}
