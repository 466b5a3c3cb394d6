using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>Points of one line, in order; a point that is no number interrupts it.</summary>
internal sealed record Series(string Name, ImmutableArray<(double X, double Y)> Points);

/// <summary>One or several lines over a common axis.</summary>
internal static class LineChart
{
    private const double Height = 270;
    private const int MostMarkers = 60;     // beyond, markers hide the line

    /// <summary>Draws the lines; with <paramref name="diagonal"/> a dashed line from corner to corner for comparison.</summary>
    public static void Write(Markup page, string label, string description, Axis x, Axis y, ImmutableArray<Series> lines, bool diagonal = false)
    {
        var svg = new SvgBuilder(page, Height, label, description);
        var plot = Plot.Draw(svg, x, y, Height);
        if (diagonal) svg.Line(plot.X(x.Minimum), plot.Y(y.Minimum), plot.X(x.Maximum), plot.Y(y.Maximum), "guide");
        for (var i = 0; i < lines.Length; i++) Draw(svg, plot, x, y, lines[i], i);
        svg.End();
    }

    private static void Draw(SvgBuilder svg, Plot plot, Axis x, Axis y, Series line, int index)
    {
        var style = SvgBuilder.Series(index);
        var points = Sampling.Evenly(line.Points, 1000);
        foreach (var stretch in Stretches(points, y.IsLogarithmic))
        {
            if (stretch.Count > 1) svg.Path([.. stretch.Select(p => (plot.X(p.X), plot.Y(p.Y)))], $"line {style}");
            var markers = points.Length <= MostMarkers || stretch.Count == 1;
            foreach (var (px, py) in Sampling.Evenly([.. stretch], 200))
                svg.Dot(plot.X(px), plot.Y(py), markers ? 3 : 5, markers ? $"dot {style}" : "hover", Tooltip(line.Name, x.Title, px, py));
        }
    }

    private static string Tooltip(string name, string x, double px, double py) =>
        $"{(name.Length == 0 ? "" : name + ": ")}{NumberText.Number(py)} at {x} {NumberText.Number(px)}";

    private static List<List<(double X, double Y)>> Stretches(ImmutableArray<(double X, double Y)> points, bool positive)
    {
        var stretches = new List<List<(double X, double Y)>> { new() };
        foreach (var point in points)
        {
            if (double.IsNaN(point.X) || double.IsNaN(point.Y) || (positive && point.Y <= 0)) stretches.Add([]);
            else stretches[^1].Add(point);
        }

        stretches.RemoveAll(s => s.Count == 0);
        return stretches;
    }
}
