namespace Coterie.Federation.Reports.Charts;

/// <summary>A confusion matrix: one row per actual class, one column per predicted class, shaded by the share of the row.</summary>
internal static class HeatMap
{
    private const double Top = 46;
    private const double LargestCell = 96;
    private const int LongestName = 14;
    private const double FaintestShade = 0.05;
    private const double ShadeRange = 0.45;     // up to one half: text keeps its contrast on it in both themes

    /// <summary>Draws the matrix; missing counts are 0.</summary>
    public static void Write(Markup page, string label, string description, ConfusionResult confusion)
    {
        var names = confusion.ClassNames.Select(n => HtmlText.Shorten(n, LongestName)).ToArray();
        var left = Math.Max(56, 24 + (names.Length == 0 ? 0 : names.Max(n => n.Length) * SvgBuilder.CharacterWidth));     // 56: "actual" fits
        var width = Math.Min(LargestCell * 1.6, (SvgBuilder.Width - left - 4) / Math.Max(1, names.Length));
        var height = Math.Min(width, LargestCell * 0.75);
        var svg = new SvgBuilder(page, Top + (names.Length * height) + 8, label, description);
        svg.Text(left + (names.Length * width / 2), 12, "predicted", "name", "middle");
        svg.Text(0, 34, "actual", "name");
        for (var i = 0; i < names.Length; i++)
        {
            svg.Text(left - 8, Top + ((i + 0.5) * height) + 4, names[i], "label", "end", confusion.ClassNames[i]);
            var fits = names.Max(n => n.Length) * SvgBuilder.CharacterWidth < width - 2;
            var above = fits ? names[i] : HtmlText.Shorten(names[i], Math.Max(2, (int)(width / SvgBuilder.CharacterWidth)));
            if (width >= 14) svg.Text(left + ((i + 0.5) * width), 34, above, "label", "middle", confusion.ClassNames[i]);
            DrawRow(svg, confusion, i, left, width, height);
        }

        svg.End();
    }

    private static void DrawRow(SvgBuilder svg, ConfusionResult confusion, int row, double left, double width, double height)
    {
        long Cell(int column) => row < confusion.Counts.Length && column < confusion.Counts[row].Length ? Math.Max(0, confusion.Counts[row][column]) : 0;
        var total = Enumerable.Range(0, confusion.ClassNames.Length).Sum(Cell);
        for (var column = 0; column < confusion.ClassNames.Length; column++)
        {
            var count = Cell(column);
            var share = total == 0 ? 0 : (double)count / total;
            var (x, y) = (left + (column * width), Top + (row * height));
            svg.Rectangle(x, y, width, height, row == column ? "cell s0" : "cell s1",
                $"{NumberText.Count(count)} of {NumberText.Plural(total, "row")} of {confusion.ClassNames[row]} predicted as {confusion.ClassNames[column]} ({NumberText.Fixed(share * 100, 1)} %)",
                share == 0 ? 0 : FaintestShade + (ShadeRange * share));
            var text = NumberText.Count(count);
            if (text.Length * SvgBuilder.CharacterWidth < width - 2 && height >= 14)
                svg.Text(x + (width / 2), y + (height / 2) + 4, text, count == 0 ? "faint" : "label", "middle");
        }
    }
}
