namespace Coterie.Federation.Reports.Sections;

/// <summary>Who learned what: every value that was opened to a party in clear.</summary>
internal static class LearnedSection
{
    public static void Write(Markup page, RunSection run)
    {
        if (run.Learned.IsEmpty) return;
        const string caption = "Values that were opened in clear, by the party that saw them";
        page.Leaf("h3", "Who learned what");
        page.Leaf("p", "While training, the run wrote down each value that a party got to see in clear. Besides its own rows and what everyone agreed on beforehand (roster, schema, parameters), each party learned:");
        page.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")).Open("table", ("class", "learned"));
        Blocks.Caption(page, caption);
        page.Open("thead").Open("tr");
        foreach (var (name, style) in new[] { ("who", "words"), ("what", "words"), ("numbers", "number"), ("participants added over", "number") }) page.Leaf("th", name, ("scope", "col"), ("class", style));
        page.Close().Close();
        foreach (var party in run.Learned.GroupBy(l => l.Party)) WriteParty(page, party.Key, [.. party]);
        WriteOthers(page, run);
        page.Close().Close();
    }

    private static void WriteParty(Markup page, string name, LearnedRow[] rows)
    {
        page.Open("tbody");
        for (var i = 0; i < rows.Length; i++)
        {
            page.Open("tr");
            if (i == 0) page.Leaf("th", name, ("scope", "rowgroup"), ("rowspan", NumberText.Coordinate(rows.Length)));
            page.Open("td").Text(LeakageText.Phrase(rows[i]));
            var explanation = string.Join(" ", new[] { LeakageText.Protection(rows[i].Contributors), rows[i].Why }.Where(t => t.Length > 0));
            if (explanation.Length > 0) page.Leaf("span", explanation, ("class", "remark"));
            page.Close().Leaf("td", NumberText.Count(rows[i].Numbers), ("class", "number"));
            page.Leaf("td", rows[i].Contributors < 1 ? NumberText.None : NumberText.Count(rows[i].Contributors), ("class", rows[i].Contributors is 1 or 2 ? "number exposed" : "number")).Close();
        }

        page.Close();
    }

    private static void WriteOthers(Markup page, RunSection run)
    {
        var learners = run.Learned.Select(l => l.Party).ToHashSet();
        var parties = run.Participants.Select(p => p.Name).Concat(run.Traffic.Select(t => t.Party)).Concat(run.Times.Select(t => t.Party));
        foreach (var party in parties.Distinct().Where(p => !learners.Contains(p)))
            page.Open("tbody").Open("tr").Leaf("th", party, ("scope", "rowgroup")).Leaf("td", "Nothing was opened to it.").Leaf("td", "0", ("class", "number")).Leaf("td", NumberText.None, ("class", "number")).Close().Close();
    }
}
