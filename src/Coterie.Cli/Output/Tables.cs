using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Tables of one look.</summary>
internal static class Tables
{
    private const string Gap = "  ";
    private const int Readable = 100;     // longer lines are hard to read

    /// <summary>
    /// Writes a table whose first column is words and whose others are figures, each in one piece.
    /// </summary>
    /// <param name="console">Where to.</param>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">As many cells as columns.</param>
    /// <param name="widths">Smallest widths, so that several tables stand in line; may be null.</param>
    public static void Figures(IAnsiConsole console, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<int>? widths = null)
    {
        int[] wide = [.. header.Select((name, j) => Math.Max(widths?[j] ?? 0, Math.Max(name.Length, rows.Max(r => r[j].Length))))];
        console.MarkupLineInterpolated($"[bold]{Line(header, wide)}[/]");
        console.WriteLine(Gap + new string('─', wide.Sum() + (Gap.Length * (wide.Length - 1))));
        foreach (var row in rows) console.WriteLine(Line(row, wide));
    }

    /// <summary>Writes names with text beside them, broken between words where the terminal is narrow; '\n' starts a line.</summary>
    public static void Pairs(IAnsiConsole console, IReadOnlyList<(string Name, string Text)> pairs)
    {
        var wide = pairs.Max(p => p.Name.Length);
        var room = Math.Max(20, Math.Min(console.Profile.Width, Readable) - wide - (2 * Gap.Length));
        foreach (var (name, text) in pairs)
        {
            var first = true;
            foreach (var line in text.Split('\n').SelectMany(part => Broken(part, room)))
            {
                console.WriteLine(Gap + (first ? name : "").PadRight(wide) + Gap + line);
                first = false;
            }
        }
    }

    private static IEnumerable<string> Broken(string text, int room)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : line + " " + word;
        }
        yield return line;
    }

    private static string Line(IReadOnlyList<string> cells, int[] wide) =>
        Gap + string.Join(Gap, cells.Select((cell, j) => j == 0 ? cell.PadRight(wide[j]) : cell.PadLeft(wide[j])));
}
