using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>How often values fall between round limits.</summary>
internal static class Histogram
{
    private const double Height = 330;

    /// <summary>Counts per bin; bins divide the axis evenly and a value on a limit belongs to the upper bin.</summary>
    public static ImmutableArray<long> Bins(Axis axis, IEnumerable<double> values, int bins)
    {
        var counts = new long[bins];
        foreach (var value in values.Where(v => !double.IsNaN(v))) counts[Math.Min(bins - 1, (int)(axis.Fraction(value) * bins))]++;
        return [.. counts];
    }

    /// <summary>Draws the counts as touching bars.</summary>
    public static void Write(Markup page, string label, string description, string title, ImmutableArray<double> values)
    {
        var x = Axis.Linear(title, values);
        var intervals = x.Ticks.Length - 1;
        var bins = intervals * Math.Max(1, (int)Math.Round(Math.Clamp(Math.Sqrt(values.Length), 5, 24) / intervals));
        var counts = Bins(x, values, bins);
        var y = Axis.Linear("rows", counts.Select(c => (double)c).Append(0), Unit.Count);
        var svg = new SvgBuilder(page, Height, label, description);
        var plot = Plot.Draw(svg, x, y, Height);
        for (var i = 0; i < bins; i++)
        {
            if (counts[i] == 0) continue;
            var (from, to) = (Limit(x, bins, i), Limit(x, bins, i + 1));
            svg.Rectangle(plot.X(from), plot.Y(counts[i]), plot.X(to) - plot.X(from), plot.Bottom - plot.Y(counts[i]), "bar s0",
                $"{NumberText.Number(from)} to {NumberText.Number(to)}: {NumberText.Plural(counts[i], "row")}");
        }

        if (x.Minimum < 0 && x.Maximum > 0) svg.Line(plot.X(0), plot.Top, plot.X(0), plot.Bottom, "guide");
        svg.End();
    }

    private static double Limit(Axis axis, int bins, int index) => axis.Minimum + ((axis.Maximum - axis.Minimum) * index / bins);
}
