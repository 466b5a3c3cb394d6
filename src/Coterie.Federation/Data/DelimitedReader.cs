using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Coterie.Federation.Data;

/// <summary>Reads comma- or tab-separated text with a header line (RFC 4180: quoted cells may hold separators, doubled quotes and line breaks).</summary>
internal sealed class DelimitedReader : IDisposable
{
    private const int MaximumCellLength = 1 << 20;
    private readonly string _file;
    private readonly char _delimiter;
    private readonly CsvParser _parser;
    private int _ended; // line on which the last good row ended

    private DelimitedReader(string file, TextReader text, char delimiter)
    {
        _file = file;
        _delimiter = delimiter;
        _parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            MaxFieldSize = MaximumCellLength,
        });
    }

    public void Dispose() => _parser.Dispose();

    /// <summary>The table; null when columns turned out to be text after numbers, which are then added to <paramref name="textColumns"/>.</summary>
    public static DataTable? Read(string file, TextReader text, char delimiter, HashSet<string> textColumns)
    {
        using var reader = new DelimitedReader(file, text, delimiter);
        try
        {
            return reader.Read(textColumns);
        }
        catch (BadDataException invalid)
        {
            throw reader.Misquoted(invalid);
        }
        catch (MaxFieldSizeException tooLong)
        {
            throw reader.Error(reader._ended + 1, null, $"a cell from this line on is longer than {MaximumCellLength} characters; probably a quotation mark is not closed.", tooLong);
        }
        catch (DecoderFallbackException invalid)
        {
            throw reader.Error(null, null, $"is not UTF-8 text (somewhere after line {Math.Max(reader._ended, 1)}); save it as UTF-8.", invalid);
        }
    }

    private DataTable? Read(HashSet<string> textColumns)
    {
        var columns = ReadHeader().Select(n => new ColumnBuilder(n, textColumns.Contains(n))).ToArray();
        var lines = ReadRows(columns);
        if (lines.Count == 0) throw Error(1, null, "has a header but no rows; at least one row is expected.");
        textColumns.UnionWith(columns.Where(c => c.LostSpelling).Select(c => c.Name));
        return columns.Any(c => c.LostSpelling) ? null : new DataTable(_file, [.. columns.Select(c => c.Build())], [.. lines], isSparse: false);
    }

    private string[] ReadHeader()
    {
        if (!_parser.Read()) throw Error(1, null, "is empty; a header line and rows are expected.");
        string[] names = [.. _parser.Record!.Select(n => n.Trim())];
        _ended = _parser.RawRow;
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var j = 0; j < names.Length; j++)
        {
            if (names[j].Length == 0) throw Error(_ended, null, $"column {j + 1} has no name in the header; every column needs one.");
            if (!seen.TryAdd(names[j], j)) throw Error(_ended, names[j], $"the name stands twice in the header, as column {seen[names[j]] + 1} and {j + 1}; column names have to differ.");
        }
        if (names is [var only] && only.AsSpan().IndexOfAny(";\t|,") is >= 0 and var at)
            throw Error(_ended, null, $"the header holds '{(only[at] == '\t' ? "\\t" : only[at])}' but cells are separated by {(_delimiter == ',' ? "commas in .csv files (tabs in .tsv)" : "tabs in .tsv files (commas in .csv)")}.");
        return names;
    }

    private List<int> ReadRows(ColumnBuilder[] columns)
    {
        var lines = new List<int>();
        while (_parser.Read())
        {
            if (_parser.Count != columns.Length) throw Ragged(columns.Length);
            var breaks = 0;
            for (var j = 0; j < columns.Length; j++)
            {
                var cell = _parser[j];
                if (cell.AsSpan().IndexOfAny('\r', '\n') >= 0) breaks += LineBreaks(cell);
                columns[j].Add(cell);
            }
            lines.Add(_parser.RawRow - breaks);
            _ended = _parser.RawRow;
        }
        return lines;
    }

    private DataFileException Ragged(int expected)
    {
        var record = _parser.RawRecord.AsSpan().TrimEnd("\r\n");
        return record.Count('"') % 2 != 0 ? Misquoted(null)
            : Error(_parser.RawRow - LineBreaks(record), null, $"has {_parser.Count} cells where the header has {expected} columns.");
    }

    private DataFileException Misquoted(Exception? inner) =>
        Error(_ended + 1, null, "a quotation mark in the row from this line on is out of place or never closed; a cell that holds one is quoted and the mark doubled (\"\").", inner);

    private DataFileException Error(int? line, string? column, string problem, Exception? inner = null) => new(_file, line, column, problem, inner);

    private static int LineBreaks(ReadOnlySpan<char> text)
    {
        var breaks = text.Count('\n');
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')) breaks++;
        return breaks;
    }
}
