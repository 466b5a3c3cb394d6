using System.Text.RegularExpressions;
using System.Xml.Linq;
using Coterie.Federation.Reports;

namespace Coterie.Tests.Reports;

public sealed partial class HtmlReportTests
{
    public static TheoryData<string> Names => new("demo", "binary", "multiclass", "clusters", "empty", "hostile");

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_AnyReport_IsWellFormedWithUniqueIdentifiersAndOneHeadingOfTheFirstLevel(string name)
    {
        var page = Parse(Report(name));
        var identifiers = page.Descendants().Attributes("id").Select(a => a.Value).ToArray();
        Assert.Equal(identifiers.Length, identifiers.Distinct().Count());
        Assert.Single(Elements(page, "h1"));
        Assert.All(page.Descendants().Attributes("aria-labelledby").Concat(page.Descendants().Attributes("aria-describedby")), a => Assert.Contains(a.Value, identifiers));
        Assert.All(Elements(page, "a").Attributes("href"), a => Assert.Contains(a.Value[1..], identifiers));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_AnyReport_RefersToNothingOutside(string name)
    {
        var html = HtmlReport.Render(Report(name));
        var withoutNamespaces = html.Replace("xmlns=\"http://www.w3.org/1999/xhtml\"", "").Replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        Assert.DoesNotContain("http:", withoutNamespaces);
        Assert.DoesNotContain("https:", withoutNamespaces);
        var page = Parse(Report(name));
        Assert.All(page.Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href" or "srcset" or "data"), a => Assert.StartsWith("#", a.Value));
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "image" or "use");
        Assert.DoesNotContain("url(", html);
        Assert.DoesNotContain("@import", html);
        Assert.Contains("default-src 'none'", page.Descendants().Attributes("content").Select(a => a.Value).First(v => v.Contains("default-src")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_AnyReport_TablesHaveScopedHeadingsAndPicturesHaveTexts(string name)
    {
        var page = Parse(Report(name));
        Assert.All(Elements(page, "th"), th => Assert.Contains(th.Attribute("scope")!.Value, new[] { "col", "row", "rowgroup" }));
        Assert.All(Elements(page, "table"), t => Assert.Single(Elements(t, "caption")));
        Assert.All(Elements(page, "svg"), svg =>
        {
            Assert.Equal("img", svg.Attribute("role")!.Value);
            Assert.NotEmpty(svg.Attribute("aria-label")!.Value);
            Assert.NotEmpty(Elements(svg, "desc").Single().Value);
        });
        Assert.All(Elements(page, "table").Where(t => t.Attribute("class") is null), t =>
        {
            var columns = Elements(t, "thead").Single().Descendants().Count(e => e.Name.LocalName == "th");
            Assert.All(Elements(t, "tbody").Single().Elements(), row => Assert.Equal(columns, row.Elements().Count()));
        });
    }

    [Fact]
    public void Render_HostileStrings_StayText()
    {
        var page = Parse(Report("hostile"));
        Assert.Single(Elements(page, "script"));
        Assert.DoesNotContain(Elements(page, "b"), _ => true);
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Elements(page, "h1"), h => h.Value == Hostile + "\ufffd\ufffd\ufffd");
        Assert.Contains(Elements(page, "th"), h => h.Value == Hostile);
    }

    [Fact]
    public void Render_SameData_SameText() => Assert.Equal(HtmlReport.Render(Samples.Demo()), HtmlReport.Render(Samples.Demo()));

    [Theory]
    [InlineData("demo", "Predicted against actual", true)]
    [InlineData("demo", "Residuals", true)]
    [InlineData("demo", "Time by mode", true)]
    [InlineData("demo", "Loss", false)]
    [InlineData("demo", "ROC curve", false)]
    [InlineData("binary", "ROC curve", true)]
    [InlineData("binary", "Confusion matrix", true)]
    [InlineData("binary", "Loss", true)]
    [InlineData("binary", "Change", true)]
    [InlineData("binary", "Bytes per party", true)]
    [InlineData("binary", "Time per party", true)]
    [InlineData("binary", "Rows per participant", true)]
    [InlineData("binary", "Survivors", true)]
    [InlineData("binary", "Time by mode", false)]
    [InlineData("binary", "Residuals", false)]
    [InlineData("multiclass", "Confusion matrix", true)]
    [InlineData("multiclass", "Bytes per party", false)]
    [InlineData("clusters", "Rows per cluster", true)]
    [InlineData("clusters", "Centroids", true)]
    [InlineData("empty", "Loss", false)]
    public void Render_Figures_AreThereExactlyWithTheirData(string name, string figure, bool present) =>
        Assert.Equal(present, Elements(Parse(Report(name)), "figcaption").Any(c => c.Elements().First().Value == figure));

    [Theory]
    [InlineData("demo", "Who learned what", 3)]
    [InlineData("binary", "Who learned what", 1)]
    [InlineData("multiclass", "Who learned what", 0)]
    [InlineData("clusters", "How training went", 0)]
    [InlineData("demo", "Notes", 4)]
    [InlineData("empty", "How good the model is", 0)]
    public void Render_Sections_AreThereExactlyWithTheirData(string name, string heading, int times) =>
        Assert.Equal(times, Elements(Parse(Report(name)), "h3").Count(h => h.Value == heading));

    [Fact]
    public void Render_Comparison_HasOneRowPerModeWithCentralisedResultTimeAndBytes()
    {
        var table = Elements(Parse(Samples.Demo()), "table").First();
        var rows = Elements(table, "tr").Select(r => r.Elements().Select(c => c.Value).ToArray()).ToArray();
        Assert.Equal(["mode", "R\u00b2 together", "centralised", "difference", "best alone", "mean alone", "time", "rounds", "sent"], rows[0]);
        Assert.Equal(["secure-aggregation", "0.4817", "0.4817", "same", "0.4312", "0.3387", "412 ms", "1", "158 kB"], rows[1]);
        Assert.Equal(["encrypted-data", "48.3 s"], new[] { rows[3][0], rows[3][6] });
    }

    [Fact]
    public void Render_PartyWithoutOpening_IsSaidToHaveLearnedNothing()
    {
        var learned = Elements(Parse(Samples.Binary()), "table").Single(t => (string?)t.Attribute("class") == "learned");
        var silent = Elements(learned, "tr").Where(r => r.Value.Contains("Nothing was opened to it.")).Select(r => r.Elements().First().Value.Trim());
        Assert.Equal(["practice-delft", "university-hospital-of-a-very-long-name"], silent);
    }

    [Fact]
    public void Render_LongName_IsShortenedInChartsAndWholeInTheirTooltips()
    {
        var labels = Elements(Parse(Samples.Binary()), "text").Where(t => t.Value.StartsWith("university-hospital", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(labels);
        Assert.All(labels, l => Assert.Equal("university-hospital-of-a-ve\u2026", l.FirstNode!.ToString()));
        Assert.All(labels, l => Assert.Equal("university-hospital-of-a-very-long-name", Elements(l, "title").Single().Value));
    }

    [Fact]
    public void Render_Colours_HaveEnoughContrastInBothThemes()
    {
        foreach (var theme in new[] { "light", "dark" })
        {
            var block = Colours().Matches(HtmlReport.Render(Samples.Binary())).Select(m => m.Value).First(m => m.StartsWith($"color-scheme: {theme}", StringComparison.Ordinal));
            double Luminance(string name)
            {
                var hex = Regex.Match(block, $"--{name}: #([0-9a-f]{{6}})").Groups[1].Value;
                var channels = Enumerable.Range(0, 3).Select(i => Convert.ToInt32(hex.Substring(i * 2, 2), 16) / 255.0).Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
                return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
            }

            double Contrast(string a, string b) => (Math.Max(Luminance(a), Luminance(b)) + 0.05) / (Math.Min(Luminance(a), Luminance(b)) + 0.05);
            foreach (var text in new[] { "ink", "soft", "accent", "warn" }) Assert.True(Contrast(text, "card") >= 4.5 && Contrast(text, "paper") >= 4.5, $"{theme} {text}");
            Assert.True(Contrast("warn", "warnback") >= 4.5 && Contrast("ink", "warnback") >= 4.5, $"{theme} warning");
            for (var i = 0; i < 6; i++) Assert.True(Contrast($"s{i}", "card") >= 3, $"{theme} s{i}: {Contrast($"s{i}", "card")}");
        }
    }

    private const string Hostile = "<script>alert(1)</script>\"'><b onclick=x>&amp;";

    private static ReportData Report(string name) => name switch
    {
        "demo" => Samples.Demo(),
        "binary" => Samples.Binary(),
        "multiclass" => Samples.Multiclass(),
        "clusters" => Samples.Clusters(),
        "empty" => new ReportData("", "", []),
        _ => new ReportData(Hostile + "\0\ud800\u202e", Hostile, [Samples.Regression(Hostile, 1) with
        {
            Participants = [new(Hostile, 1)],
            Metrics = [new(Hostile, true, double.NaN, double.PositiveInfinity, 1e300, -1e-300)],
            Regression = new RegressionResult([double.NaN, 1], [1, double.NaN]) { Target = Hostile },
            Binary = new BinaryResult([true], [0.5]) { PositiveName = Hostile },
            Confusion = new ConfusionResult([Hostile, ""], [[1]]),
            Traffic = [.. Enumerable.Range(0, 9).Select(i => new TrafficRow(Hostile, Hostile + i, i, i))],
            Learned = [new(Hostile, Hostile, 1, 1, 2, Hostile)],
            Notes = [new(Hostile)],
            ModeSummary = Hostile,
            Topology = Hostile,
        }]),
    };

    private static XDocument Parse(ReportData data) => XDocument.Parse(HtmlReport.Render(data));

    private static IEnumerable<XElement> Elements(XContainer parent, string name) => parent.Descendants().Where(e => e.Name.LocalName == name);

    [GeneratedRegex("color-scheme: (light|dark);[^}]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Colours();
}
