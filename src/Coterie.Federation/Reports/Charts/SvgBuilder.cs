using System.Globalization;
using System.Text;

namespace Coterie.Federation.Reports.Charts;

/// <summary>
/// Draws one accessible picture into a page: it has a label and a description, and shapes carry tooltips.
/// Colours are classes of the page's style sheet, so that a picture follows the reader's light or dark theme.
/// </summary>
internal sealed class SvgBuilder
{
    /// <summary>Width of every chart in user units; a phone shows about 340 pixels, a desktop about 500, so text stays legible on both.</summary>
    public const double Width = 440;

    /// <summary>Estimated width of a character of the 12-unit labels; on the safe side of common fonts.</summary>
    public const double CharacterWidth = 7;

    private readonly Markup _page;

    /// <summary>Starts a picture.</summary>
    public SvgBuilder(Markup page, double height, string label, string description)
    {
        _page = page;
        var id = page.Identifier("desc");
        page.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", $"0 0 {C(Width)} {C(height)}"), ("role", "img"), ("aria-label", label), ("aria-describedby", id));
        page.Leaf("desc", description, ("id", id));
    }

    /// <summary>The class of the series with this index.</summary>
    public static string Series(int index) => string.Create(CultureInfo.InvariantCulture, $"s{index % 6}");

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _page.Empty("line", ("x1", C(x1)), ("y1", C(y1)), ("x2", C(x2)), ("y2", C(y2)), ("class", style));

    /// <summary>A connected line through points.</summary>
    public void Path(IReadOnlyList<(double X, double Y)> points, string style)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points) path.Append(path.Length == 0 ? 'M' : 'L').Append(C(x)).Append(' ').Append(C(y));
        _page.Empty("path", ("d", path.ToString()), ("class", style));
    }

    /// <summary>A rectangle, with a tooltip.</summary>
    public void Rectangle(double x, double y, double width, double height, string style, string tooltip, double opacity = 1)
    {
        _page.Open("rect", ("x", C(x)), ("y", C(y)), ("width", C(Math.Max(0, width))), ("height", C(Math.Max(0, height))), ("class", style), ("fill-opacity", C(opacity)));
        _page.Leaf("title", tooltip).Close();
    }

    /// <summary>A dot, with a tooltip.</summary>
    public void Dot(double x, double y, double radius, string style, string tooltip)
    {
        _page.Open("circle", ("cx", C(x)), ("cy", C(y)), ("r", C(radius)), ("class", style));
        _page.Leaf("title", tooltip).Close();
    }

    /// <summary>One line of text; <paramref name="anchor"/> is start, middle or end.</summary>
    public void Text(double x, double y, string text, string style, string anchor = "start", string? tooltip = null)
    {
        _page.Open("text", ("x", C(x)), ("y", C(y)), ("class", style), ("text-anchor", anchor)).Text(text);
        if (tooltip is not null && tooltip != text) _page.Leaf("title", tooltip);
        _page.Close();
    }

    /// <summary>Ends the picture.</summary>
    public void End() => _page.Close();

    private static string C(double value) => NumberText.Coordinate(value);
}
