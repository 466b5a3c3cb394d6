namespace Coterie.Federation.Reports.Charts;

/// <summary>The area between two axes: draws them and turns values into positions.</summary>
internal sealed class Plot
{
    private const double TickText = 16;      // from the plot's lower edge to the baseline of the tick labels
    private const double Gap = 7;

    private readonly Axis _x;
    private readonly Axis _y;

    private Plot(Axis x, Axis y, double left, double top, double right, double bottom) =>
        (_x, _y, Left, Top, Right, Bottom) = (x, y, left, top, right, bottom);

    public double Left { get; }

    public double Top { get; }

    public double Right { get; }

    public double Bottom { get; }

    /// <summary>Lays out the area and draws grid, ticks, labels and titles.</summary>
    public static Plot Draw(SvgBuilder svg, Axis x, Axis y, double height)
    {
        var left = Math.Max(24, (y.LabelLength * SvgBuilder.CharacterWidth) + Gap);
        var right = SvgBuilder.Width - Math.Max(8, x.Labels[^1].Length * SvgBuilder.CharacterWidth / 2);
        var plot = new Plot(x, y, left, 28, right, height - 42);
        plot.DrawY(svg);
        DrawX(svg, x, plot.Left, plot.Right, plot.Top, plot.Bottom, withGrid: false);
        return plot;
    }

    /// <summary>A horizontal axis below an area; labels are thinned until they do not touch.</summary>
    public static void DrawX(SvgBuilder svg, Axis x, double left, double right, double top, double bottom, bool withGrid)
    {
        svg.Line(left, bottom, right, bottom, "axis");
        var previous = double.NegativeInfinity;
        for (var i = 0; i < x.Ticks.Length; i++)
        {
            var position = left + (x.Fraction(x.Ticks[i]) * (right - left));
            if (withGrid) svg.Line(position, top, position, bottom, "grid");
            svg.Line(position, bottom, position, bottom + 4, "axis");
            var half = x.Labels[i].Length * SvgBuilder.CharacterWidth / 2;
            if (position - half < previous + Gap) continue;
            svg.Text(position, bottom + TickText, x.Labels[i], "tick", "middle");
            previous = position + half;
        }

        svg.Text((left + right) / 2, bottom + 34, x.Title, "name", "middle");
    }

    public double X(double value) => Left + (_x.Fraction(value) * (Right - Left));

    public double Y(double value) => Bottom - (_y.Fraction(value) * (Bottom - Top));

    private void DrawY(SvgBuilder svg)
    {
        svg.Text(0, 12, _y.Title, "name");
        for (var i = 0; i < _y.Ticks.Length; i++)
        {
            var position = Y(_y.Ticks[i]);
            svg.Line(Left, position, Right, position, "grid");
            svg.Text(Left - Gap, position + 4, _y.Labels[i], "tick", "end");
        }
    }
}
