using Coterie.Federation.Reports.Sections;

namespace Coterie.Federation.Reports;

/// <summary>The report page.</summary>
public static class HtmlReport
{
    /// <summary>
    /// Renders one self-contained file: style, script and pictures are inline and a content security policy forbids loading anything.
    /// The page is HTML and well-formed XML at once; the same data give the same text.
    /// </summary>
    public static string Render(ReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var page = new Markup();
        page.Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en"), ("data-theme", "auto"));
        WriteHead(page, data);
        page.Open("body").Leaf("a", "Skip to the report", ("class", "skip"), ("href", "#report")).Open("main", ("id", "report"), ("tabindex", "-1"));
        SummarySection.Write(page, data);
        ComparisonSection.Write(page, data);
        for (var i = 0; i < data.Runs.Length; i++) RunView.Write(page, data, i);
        RunView.Remarks(page, data.Notes);
        page.Close().Constant("script", Theme.Script).Close().Close();
        return "<!DOCTYPE html>\n" + page;
    }

    private static void WriteHead(Markup page, ReportData data)
    {
        page.Open("head").Empty("meta", ("charset", "utf-8"));
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Theme.ContentSecurityPolicy));
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
        page.Empty("meta", ("name", "generator"), ("content", "Coterie"));
        page.Leaf("title", data.Title.Length == 0 ? "Coterie report" : data.Title).Constant("style", Theme.Style).Close();
    }
}
