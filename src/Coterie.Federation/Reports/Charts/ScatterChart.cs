using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>Points in a plane.</summary>
internal static class ScatterChart
{
    /// <summary>More points than this are thinned: they would overlap and make the page heavy.</summary>
    public const int MostPoints = 2000;

    private const double Height = 330;

    /// <summary>Draws the points that are numbers; with <paramref name="identity"/> both axes agree and a line marks where y = x.</summary>
    public static void Write(
        Markup page, string label, string description, (string X, string Y) titles, ImmutableArray<(double X, double Y)> points, bool identity, Func<int, string>? name = null)
    {
        var drawn = Sampling.Evenly([.. points.Select((p, i) => (p.X, p.Y, Index: i)).Where(p => !double.IsNaN(p.X) && !double.IsNaN(p.Y))], MostPoints);
        var (xs, ys) = (drawn.Select(p => p.X), drawn.Select(p => p.Y));
        var x = Axis.Linear(titles.X, identity ? xs.Concat(ys) : xs);
        var y = Axis.Linear(titles.Y, identity ? xs.Concat(ys) : ys);
        var svg = new SvgBuilder(page, Height, label, description);
        var plot = Plot.Draw(svg, x, y, Height);
        if (identity) svg.Line(plot.X(x.Minimum), plot.Y(y.Minimum), plot.X(x.Maximum), plot.Y(y.Maximum), "guide");
        var (radius, style) = drawn.Length > 300 ? (2.2, "point s0 dense") : drawn.Length > 40 ? (3.2, "point s0") : (5, "point s0");
        foreach (var point in drawn)
            svg.Dot(plot.X(point.X), plot.Y(point.Y), radius, style, $"{name?.Invoke(point.Index)}{titles.X} {NumberText.Number(point.X)}, {titles.Y} {NumberText.Number(point.Y)}");
        svg.End();
    }
}
