using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Coterie.Federation.Data;

/// <summary>Reads comma- or tab-separated text with a header line (RFC 4180: quoted cells may hold separators, doubled quotes and line breaks).</summary>
internal static class DelimitedReader
{
    private const int MaximumCellLength = 1 << 20;

    /// <summary>The table; null when columns turned out to be text after numbers, which are then added to <paramref name="textColumns"/>.</summary>
    public static DataTable? Read(string file, TextReader text, char delimiter, HashSet<string> textColumns)
    {
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            CacheFields = true,
            MaxFieldSize = MaximumCellLength,
        });
        var names = ReadHeader(file, parser, delimiter);
        var columns = names.Select(n => new ColumnBuilder(n, textColumns.Contains(n))).ToArray();
        var lines = ReadRows(file, parser, columns);
        if (lines.Count == 0) throw new DataFileException(file, 1, null, "has a header but no rows; at least one row is expected.");
        textColumns.UnionWith(columns.Where(c => c.LostSpelling).Select(c => c.Name));
        return columns.Any(c => c.LostSpelling) ? null : new DataTable(file, [.. columns.Select(c => c.Build())], [.. lines], isSparse: false);
    }

    private static string[] ReadHeader(string file, CsvParser parser, char delimiter)
    {
        if (!Next(file, parser, 0)) throw new DataFileException(file, 1, null, "is empty; a header line and rows are expected.");
        string[] names = [.. parser.Record!.Select(n => n.Trim())];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var j = 0; j < names.Length; j++)
        {
            if (names[j].Length == 0) throw new DataFileException(file, parser.RawRow, null, $"column {j + 1} has no name in the header; every column needs one.");
            if (!seen.TryAdd(names[j], j)) throw new DataFileException(file, parser.RawRow, names[j], $"the name stands twice in the header, as column {seen[names[j]] + 1} and {j + 1}; column names have to differ.");
        }
        if (names is [var only] && only.AsSpan().IndexOfAny(";\t|,") is >= 0 and var at)
            throw new DataFileException(file, parser.RawRow, null, $"the header holds '{(only[at] == '\t' ? "\\t" : only[at])}' but cells are separated by {(delimiter == ',' ? "commas in .csv files (tabs in .tsv)" : "tabs in .tsv files (commas in .csv)")}.");
        return names;
    }

    private static List<int> ReadRows(string file, CsvParser parser, ColumnBuilder[] columns)
    {
        var lines = new List<int>();
        for (var ended = parser.RawRow; Next(file, parser, ended); ended = parser.RawRow)
        {
            if (parser.Count != columns.Length)
                throw new DataFileException(file, ended + 1 == parser.RawRow ? parser.RawRow : StartLine(parser), null, $"has {parser.Count} cells where the header has {columns.Length} columns.");
            var breaks = 0;
            for (var j = 0; j < columns.Length; j++)
            {
                var cell = parser[j];
                if (cell.AsSpan().IndexOfAny('\r', '\n') >= 0) breaks += LineBreaks(cell);
                columns[j].Add(cell);
            }
            lines.Add(parser.RawRow - breaks);
        }
        return lines;
    }

    private static bool Next(string file, CsvParser parser, int ended)
    {
        try
        {
            return parser.Read();
        }
        catch (BadDataException invalid)
        {
            throw new DataFileException(file, ended + 1, null, "a quotation mark in the row from this line on is out of place or never closed; a cell that holds one is quoted and the mark doubled (\"\").", invalid);
        }
        catch (MaxFieldSizeException tooLong)
        {
            throw new DataFileException(file, ended + 1, null, $"a cell from this line on is longer than {MaximumCellLength} characters; probably a quotation mark is not closed.", tooLong);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new DataFileException(file, null, null, $"is not UTF-8 text (somewhere after line {Math.Max(ended, 1)}); save it as UTF-8.", invalid);
        }
    }

    private static int StartLine(CsvParser parser) => parser.RawRow - LineBreaks(parser.RawRecord.AsSpan().TrimEnd("\r\n"));

    private static int LineBreaks(ReadOnlySpan<char> text)
    {
        var breaks = text.Count('\n');
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')) breaks++;
        return breaks;
    }
}
