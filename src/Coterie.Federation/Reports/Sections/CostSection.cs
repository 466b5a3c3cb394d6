using System.Collections.Immutable;
using Coterie.Federation.Reports.Charts;

namespace Coterie.Federation.Reports.Sections;

/// <summary>Who brought how much, sent how much and took how long.</summary>
internal static class CostSection
{
    private const int MostSteps = 6;     // as many as there are colours to tell apart

    public static void Write(Markup page, RunSection run)
    {
        if (run.Participants.IsEmpty && run.Traffic.IsEmpty && run.Times.IsEmpty) return;
        page.Leaf("h3", "What each party brought and spent").Open("div", ("class", "charts"));
        if (!run.Participants.IsEmpty) WriteShards(page, run.Participants);
        if (!run.Traffic.IsEmpty) WriteTraffic(page, run.Traffic);
        if (!run.Times.IsEmpty) WriteTimes(page, run.Times);
        page.Close();
        if (!run.Traffic.IsEmpty) Blocks.Details(page, "Bytes by party and step as a table", () => Blocks.Table(
            page, "Bytes by party and step", ["party", "step", "sent#", "received#"],
            run.Traffic.Select(t => ImmutableArray.Create(t.Party, t.Step, NumberText.Bytes(t.SentBytes), NumberText.Bytes(t.ReceivedBytes)))));
        if (!run.Times.IsEmpty) Blocks.Details(page, "Time by party and step as a table", () => Blocks.Table(
            page, "Time by party and step", ["party", "step", "computing#", "waiting#"],
            run.Times.Select(t => ImmutableArray.Create(t.Party, t.Step, NumberText.Seconds(t.ComputingSeconds), NumberText.Seconds(t.WaitingSeconds)))));
    }

    private static void WriteShards(Markup page, ImmutableArray<ParticipantRows> participants)
    {
        ImmutableArray<Bar> bars = [.. participants.Select(p => new Bar(p.Name, [p.Rows]))];
        Blocks.Figure(page, "Rows per participant", $"{NumberText.Count(participants.Sum(p => p.Rows))} in all", [], () => BarChart.Write(
            page, "Training rows per participant", Sentence(bars, v => NumberText.Count((long)v)), "rows", Unit.Count, v => NumberText.Count((long)v), ["rows"], bars));
    }

    private static void WriteTraffic(Markup page, ImmutableArray<TrafficRow> traffic)
    {
        var steps = Steps(traffic);
        var isGathered = steps.Length == MostSteps - 1 && traffic.Any(t => !steps.Contains(t.Step));
        var names = isGathered ? steps.Add("other steps") : steps;
        int Part(TrafficRow row) => steps.IndexOf(row.Step) is >= 0 and var index ? index : names.Length - 1;
        ImmutableArray<Bar> bars = [.. traffic.GroupBy(t => t.Party).Select(party => new Bar(
            party.Key, [.. Enumerable.Range(0, names.Length).Select(i => (double)party.Where(t => Part(t) == i).Sum(t => t.SentBytes))]))];
        Blocks.Figure(page, "Bytes per party", names.Length == 1 ? $"sent, step {names[0]}" : "sent, by step", names, () => BarChart.Write(
            page, "Bytes sent per party", Sentence(bars, NumberText.Bytes), "sent", Unit.Bytes, NumberText.Bytes, names, bars));
    }

    private static void WriteTimes(Markup page, ImmutableArray<TimeRow> times)
    {
        ImmutableArray<Bar> bars = [.. times.GroupBy(t => t.Party).Select(p => new Bar(p.Key, [p.Sum(t => t.ComputingSeconds), p.Sum(t => t.WaitingSeconds)]))];
        Blocks.Figure(page, "Time per party", "", ["computing", "waiting"], () => BarChart.Write(
            page, "Time per party", Sentence(bars, NumberText.Seconds), "time", Unit.Seconds, NumberText.Seconds, ["computing", "waiting"], bars));
    }

    /// <summary>The steps in order of appearance; beyond the colours there are, only the largest.</summary>
    private static ImmutableArray<string> Steps(ImmutableArray<TrafficRow> traffic)
    {
        ImmutableArray<string> steps = [.. traffic.Select(t => t.Step).Distinct()];
        if (steps.Length <= MostSteps) return steps;
        var largest = traffic.GroupBy(t => t.Step).OrderByDescending(g => g.Sum(t => t.SentBytes)).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MostSteps - 1).Select(g => g.Key).ToHashSet();
        return [.. steps.Where(largest.Contains)];
    }

    private static string Sentence(ImmutableArray<Bar> bars, Func<double, string> format) => string.Join("; ", bars.Take(BarChart.MostBars).Select(b => $"{b.Name}: {format(b.Parts.Sum())}"));
}
