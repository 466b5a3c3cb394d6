namespace Coterie.Federation.Reports.Sections;

/// <summary>
/// Who learned what: every value that was opened to a party in clear. Roles are explicit because the layout for narrow
/// screens changes how the table is displayed, which costs it its meaning in some browsers.
/// </summary>
internal static class LearnedSection
{
    public static void Write(Markup page, RunSection run)
    {
        if (run.Learned.IsEmpty) return;
        const string caption = "Values that were opened in clear, by the party that saw them";
        page.Leaf("h3", "Who learned what");
        page.Leaf("p", "While training, the run wrote down each value that a party got to see in clear. Besides its own rows and what everyone agreed on beforehand (roster, schema, parameters), each party learned:");
        page.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")).Open("table", ("class", "learned"), ("role", "table"));
        Blocks.Caption(page, caption);
        page.Open("thead", ("role", "rowgroup")).Open("tr", ("role", "row"));
        foreach (var (name, style) in new[] { ("who", "words"), ("what", "words"), ("numbers", "number"), ("participants added over", "number") }) page.Leaf("th", name, ("scope", "col"), ("role", "columnheader"), ("class", style));
        page.Close().Close();
        foreach (var party in run.Learned.GroupBy(l => l.Party)) WriteParty(page, party.Key, [.. party]);
        WriteOthers(page, run);
        page.Close().Close();
    }

    private static void WriteParty(Markup page, string name, LearnedRow[] rows)
    {
        page.Open("tbody", ("role", "rowgroup"));
        for (var i = 0; i < rows.Length; i++)
        {
            page.Open("tr", ("role", "row"));
            if (i == 0) page.Leaf("th", name, ("scope", "rowgroup"), ("role", "rowheader"), ("rowspan", NumberText.Coordinate(rows.Length)));
            page.Open("td", ("role", "cell")).Text(LeakageText.Phrase(rows[i]));
            var explanation = string.Join(" ", new[] { LeakageText.Protection(rows[i].Contributors), rows[i].Why }.Where(t => t.Length > 0));
            if (explanation.Length > 0) page.Leaf("span", explanation, ("class", "remark"));
            page.Close().Leaf("td", NumberText.Count(rows[i].Numbers), ("role", "cell"), ("class", "number"));
            page.Leaf("td", rows[i].Contributors < 1 ? NumberText.None : NumberText.Count(rows[i].Contributors), ("role", "cell"), ("class", rows[i].Contributors is 1 or 2 ? "number exposed" : "number")).Close();
        }

        page.Close();
    }

    private static void WriteOthers(Markup page, RunSection run)
    {
        var learners = run.Learned.Select(l => l.Party).ToHashSet();
        var parties = run.Participants.Select(p => p.Name).Concat(run.Traffic.Select(t => t.Party)).Concat(run.Times.Select(t => t.Party));
        foreach (var party in parties.Distinct().Where(p => !learners.Contains(p)))
            page.Open("tbody", ("role", "rowgroup")).Open("tr", ("role", "row")).Leaf("th", party, ("scope", "rowgroup"), ("role", "rowheader")).Leaf("td", "Nothing was opened to it.", ("role", "cell")).Leaf("td", "0", ("role", "cell"), ("class", "number")).Leaf("td", NumberText.None, ("role", "cell"), ("class", "number")).Close().Close();
    }
}
