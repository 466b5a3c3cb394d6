using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Tables of one look.</summary>
internal static class Tables
{
    /// <summary>A table whose first column is words and whose others are figures.</summary>
    public static Table Create(string words, params ReadOnlySpan<string> figures)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true, ShowRowSeparators = false };
        table.AddColumn(new TableColumn(Markup.Escape(words)).NoWrap());
        foreach (var name in figures) table.AddColumn(Figures(name));
        return table;
    }

    /// <summary>A table of words: the first column in one piece, the others broken where the terminal is narrow.</summary>
    public static Table Words(params ReadOnlySpan<string> columns)
    {
        var table = Create(columns[0]);
        foreach (var name in columns[1..]) table.AddColumn(new TableColumn(Markup.Escape(name)));
        return table;
    }

    /// <summary>A column of figures: right-aligned and in one piece.</summary>
    public static TableColumn Figures(string name) => new TableColumn(Markup.Escape(name)) { NoWrap = true }.RightAligned();
}
