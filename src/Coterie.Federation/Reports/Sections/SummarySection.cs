namespace Coterie.Federation.Reports.Sections;

/// <summary>Title, facts and the cards that answer the first questions, for the first run.</summary>
internal static class SummarySection
{
    public static void Write(Markup page, ReportData data)
    {
        page.Open("header").Open("div", ("class", "bar")).Leaf("p", "Coterie training report", ("class", "kicker"));
        page.Leaf("button", "Dark colours", ("type", "button"), ("id", "theme"), ("hidden", "hidden")).Close();
        page.Leaf("h1", data.Title);
        if (data.Subtitle.Length > 0) page.Leaf("p", data.Subtitle, ("class", "lead"));
        Blocks.Facts(page, data.Facts);
        if (data.Runs.Length > 1) WriteNavigation(page, data);
        page.Close();
        Blocks.Notes(page, data.Notes.Where(n => n.IsWarning));
        if (!data.Runs.IsEmpty) WriteCards(page, data, data.Runs[0]);
    }

    private static void WriteNavigation(Markup page, ReportData data)
    {
        page.Open("nav", ("aria-label", "Runs")).Open("ul");
        for (var i = 0; i < data.Runs.Length; i++)
            page.Open("li").Leaf("a", RunFigures.Name(data, data.Runs[i]), ("href", "#" + RunView.Anchor(i))).Close();
        page.Close().Close();
    }

    private static void WriteCards(Markup page, ReportData data, RunSection run)
    {
        var heading = page.Identifier("heading");
        page.Open("section", ("aria-labelledby", heading));
        page.Leaf("h2", data.Runs.Length > 1 ? $"At a glance: {RunFigures.Name(data, run)}" : "At a glance", ("id", heading)).Open("div", ("class", "cards"));
        if (!run.Metrics.IsEmpty) MetricCards(page, run.Metrics[0]);
        if (!run.Participants.IsEmpty) Card(page, "Participants", NumberText.Count(run.Participants.Length), $"{NumberText.Plural(run.Participants.Sum(p => p.Rows), "row")} that stayed with their owners");
        Card(page, "Time", NumberText.Seconds(run.Seconds), NumberText.Plural(run.Rounds, "round"));
        if (RunFigures.BytesSent(run) is { } bytes) Card(page, "Sent by all parties", NumberText.Bytes(bytes), run.Rounds > 1 ? $"{NumberText.Bytes((double)bytes / run.Rounds)} per round" : "over the whole run");
        if (RunFigures.SmallestSum(run) is { } smallest) SumCard(page, smallest);
        page.Close().Close();
    }

    private static void MetricCards(Markup page, MetricRow row)
    {
        var name = MetricText.Name(row.Name);
        Card(page, $"{name}, together", NumberText.Number(row.Model), row.Centralised is null
            ? $"{row.Part} rows; {(row.HigherIsBetter ? "higher" : "lower")} is better"
            : $"all rows in one place: {NumberText.Number(row.Centralised)}{(MetricText.Gap(row, row.Centralised) is { Length: > 0 } gap ? $" ({gap})" : "")}");
        if (row.MeanAlone is not null) Card(page, $"{name}, alone", NumberText.Number(row.MeanAlone), row.BestAlone is null ? "mean over participants" : $"mean over participants; the best has {NumberText.Number(row.BestAlone)}");
    }

    private static void SumCard(Markup page, int smallest) => Card(
        page, "Smallest sum", smallest == 1 ? "single" : $"over {NumberText.Count(smallest)}", smallest == 1 ? "a party saw what one participant contributed" : "participants: no sum that was opened covers fewer");

    private static void Card(Markup page, string name, string value, string remark) =>
        page.Open("div", ("class", "card")).Leaf("p", name, ("class", "name")).Leaf("p", value, ("class", "value")).Leaf("p", remark, ("class", "remark")).Close();
}
