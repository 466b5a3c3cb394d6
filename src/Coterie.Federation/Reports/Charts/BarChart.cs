using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>A bar made of one part per series.</summary>
internal sealed record Bar(string Name, ImmutableArray<double> Parts);

/// <summary>Horizontal bars, stacked where there are several series, each with its total beside it.</summary>
internal static class BarChart
{
    /// <summary>More bars than this are not drawn one by one: the rest is gathered in the last.</summary>
    public const int MostBars = 40;

    private const double RowHeight = 28;
    private const double Thickness = 17;
    private const double Top = 6;
    private const int LongestName = 28;

    /// <summary>Draws the bars; parts that are negative or no numbers count as 0.</summary>
    public static void Write(
        Markup page, string label, string description, string title, Unit unit, Func<double, string> format, ImmutableArray<string> series, ImmutableArray<Bar> bars)
    {
        bars = Gather([.. bars.Select(b => b with { Parts = [.. b.Parts.Select(p => p > 0 ? p : 0)] })], series.Length);
        var x = Axis.Linear(title, bars.Select(b => b.Parts.Sum()).Append(0), unit);
        var names = bars.Select(b => HtmlText.Shorten(b.Name, LongestName)).ToArray();
        var left = (names.Length == 0 ? 0 : names.Max(n => n.Length) * SvgBuilder.CharacterWidth) + 10;
        var values = bars.Select(b => format(b.Parts.Sum())).ToArray();
        var right = SvgBuilder.Width - 12 - (values.Length == 0 ? 0 : values.Max(v => v.Length) * SvgBuilder.CharacterWidth);
        var bottom = Top + (bars.Length * RowHeight);
        var svg = new SvgBuilder(page, bottom + 42, label, description);
        Plot.DrawX(svg, x, left, right, Top, bottom, withGrid: true);
        for (var i = 0; i < bars.Length; i++)
        {
            var middle = Top + ((i + 0.5) * RowHeight);
            svg.Text(left - 8, middle + 4, names[i], "label", "end", bars[i].Name);
            var end = Draw(svg, bars[i], series, format, x, left, right, middle);
            svg.Text(end + 6, middle + 4, values[i], "tick");
        }

        svg.End();
    }

    private static double Draw(SvgBuilder svg, Bar bar, ImmutableArray<string> series, Func<double, string> format, Axis x, double left, double right, double middle)
    {
        var total = 0.0;
        var start = left;
        for (var j = 0; j < Math.Min(series.Length, bar.Parts.Length); j++)
        {
            total += bar.Parts[j];
            var end = left + (x.Fraction(total) * (right - left));
            var name = series.Length > 1 ? $"{bar.Name}, {series[j]}" : bar.Name;
            if (end > start) svg.Rectangle(start, middle - (Thickness / 2), end - start, Thickness, $"bar {SvgBuilder.Series(j)}", $"{name}: {format(bar.Parts[j])}");
            start = end;
        }

        return start;
    }

    private static ImmutableArray<Bar> Gather(ImmutableArray<Bar> bars, int series)
    {
        if (bars.Length <= MostBars) return bars;
        var rest = bars[(MostBars - 1)..];
        var sums = Enumerable.Range(0, series).Select(j => rest.Sum(b => j < b.Parts.Length ? b.Parts[j] : 0));
        return [.. bars[..(MostBars - 1)], new Bar($"{NumberText.Count(rest.Length)} others", [.. sums])];
    }
}
