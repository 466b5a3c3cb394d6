using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Sections;

/// <summary>The recurring parts of the page.</summary>
internal static class Blocks
{
    /// <summary>A picture with its heading, an optional remark and a legend where there are several series.</summary>
    public static void Figure(Markup page, string title, string remark, ImmutableArray<string> legend, Action draw)
    {
        page.Open("figure").Open("figcaption").Leaf("strong", title);
        if (remark.Length > 0) page.Leaf("span", remark, ("class", "remark"));
        page.Close();
        if (legend.Length > 1)
        {
            page.Open("ul", ("class", "legend"));
            for (var i = 0; i < legend.Length; i++)
                page.Open("li").Leaf("span", "", ("class", $"key {Charts.SvgBuilder.Series(i)}")).Text(legend[i]).Close();
            page.Close();
        }

        draw();
        page.Close();
    }

    /// <summary>A table that scrolls sideways where it does not fit; the first cell of each row is its heading.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="caption">What the table shows.</param>
    /// <param name="head">Column headings; those ending in '#' (which is not shown) head numbers.</param>
    /// <param name="rows">As many cells as headings.</param>
    public static void Table(Markup page, string caption, ImmutableArray<string> head, IEnumerable<ImmutableArray<string>> rows)
    {
        page.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")).Open("table");
        Caption(page, caption);
        page.Open("thead").Open("tr");
        foreach (var name in head) page.Leaf("th", name.TrimEnd('#'), ("scope", "col"), ("class", Style(name)));
        page.Close().Close().Open("tbody");
        foreach (var row in rows)
        {
            page.Open("tr").Leaf("th", row[0], ("scope", "row"));
            for (var i = 1; i < row.Length; i++) page.Leaf("td", row[i], ("class", Style(head[i])));
            page.Close();
        }

        page.Close().Close().Close();
    }

    /// <summary>The figures behind a picture, folded away.</summary>
    public static void Details(Markup page, string summary, Action content)
    {
        page.Open("details").Leaf("summary", summary);
        content();
        page.Close();
    }

    /// <summary>Names and values.</summary>
    public static void Facts(Markup page, IEnumerable<ReportFact> facts)
    {
        var list = facts.ToArray();
        if (list.Length == 0) return;
        page.Open("dl", ("class", "facts"));
        foreach (var fact in list) page.Open("div").Leaf("dt", fact.Name).Leaf("dd", fact.Value).Close();
        page.Close();
    }

    /// <summary>Remarks; warnings say so in words, not by colour alone.</summary>
    public static void Notes(Markup page, IEnumerable<ReportNote> notes)
    {
        foreach (var note in notes)
        {
            page.Open("p", ("class", note.IsWarning ? "note warning" : "note"));
            if (note.IsWarning) page.Leaf("strong", "Warning: ");
            page.Text(note.Text).Close();
        }
    }

    /// <summary>A caption that stays in sight while its table scrolls sideways.</summary>
    public static void Caption(Markup page, string caption) => page.Open("caption").Leaf("span", caption).Close();

    private static string Style(string heading) => heading.EndsWith('#') ? "number" : "words";
}
