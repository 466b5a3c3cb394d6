using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Coterie.Federation.Data;

/// <summary>
/// Reads LIBSVM text: a label, then <c>index:value</c> pairs with ascending indices from 1; what is not named is zero;
/// <c>#</c> starts a comment. Columns are <c>f1</c> to <c>fd</c> and <c>label</c>.
/// </summary>
internal static class LibsvmReader
{
    /// <summary>The name of the label's column.</summary>
    public const string Label = "label";

    private const int MaximumIndex = 1_000_000;
    private const long MaximumCells = 1L << 28; // dense doubles: 2 GiB

    public static DataTable Read(string file, TextReader text)
    {
        var rows = new Rows(file);
        try
        {
            for (var number = 1; text.ReadLine() is { } line; number++) rows.Add(number, line);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new DataFileException(file, null, null, "is not UTF-8 text; save it as UTF-8.", invalid);
        }
        return rows.Build();
    }

    /// <summary>The name of the feature with a 1-based index.</summary>
    public static string FeatureName(int index) => string.Create(CultureInfo.InvariantCulture, $"f{index}");

    private sealed class Rows(string file)
    {
        private readonly List<double> _labels = [];
        private readonly List<int> _lines = [];
        private readonly List<int> _starts = [];
        private readonly List<int> _indices = [];
        private readonly List<double> _values = [];
        private int _features;

        public void Add(int number, ReadOnlySpan<char> line)
        {
            if (line.IndexOf('#') is >= 0 and var comment) line = line[..comment];
            line = line.Trim();
            if (line.IsEmpty) return;
            var cells = line.SplitAny(' ', '\t');
            cells.MoveNext();
            if (!CellText.TryNumber(line[cells.Current], out var label))
                throw Error(number, Label, $"is {CellText.Quote(line[cells.Current].ToString())}; a number is expected.");
            _labels.Add(label);
            _lines.Add(number);
            _starts.Add(_indices.Count);
            var last = 0;
            foreach (var range in cells)
                if (!line[range].IsEmpty) last = AddPair(number, line[range], last);
            _features = Math.Max(_features, last);
        }

        public DataTable Build()
        {
            if (_labels.Count == 0) throw Error(1, null, "is empty; lines such as '1 3:0.5 7:1' are expected.");
            if (_features == 0) throw Error(1, null, "names no feature on any line; pairs such as 3:0.5 are expected.");
            if ((long)_features * _labels.Count > MaximumCells)
                throw Error(null, null, $"has {_labels.Count} rows and {_features} features, more than the {MaximumCells} cells that are held in memory.");
            var columns = new double[_features][];
            for (var j = 0; j < _features; j++) columns[j] = new double[_labels.Count];
            _starts.Add(_indices.Count);
            for (var i = 0; i < _labels.Count; i++)
                for (var k = _starts[i]; k < _starts[i + 1]; k++) columns[_indices[k] - 1][i] = _values[k];
            return new DataTable(file,
                [.. columns.Select((c, j) => new DataColumn(FeatureName(j + 1), c)), new DataColumn(Label, _labels.ToArray())], [.. _lines], isSparse: true);
        }

        private int AddPair(int number, ReadOnlySpan<char> pair, int last)
        {
            var colon = pair.IndexOf(':');
            if (colon < 1 || !int.TryParse(pair[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw Error(number, null, $"{CellText.Quote(pair.ToString())} is no index:value pair such as 3:0.5.");
            if (index is < 1 or > MaximumIndex) throw Error(number, null, $"the index {index} is not from 1 to {MaximumIndex}; indices count from 1.");
            if (index <= last) throw Error(number, FeatureName(index), $"the index comes after {last}; indices have to ascend within a line.");
            if (!CellText.TryNumber(pair[(colon + 1)..], out var value))
                throw Error(number, FeatureName(index), $"is {CellText.Quote(pair[(colon + 1)..].ToString())}; a finite number is expected.");
            _indices.Add(index);
            _values.Add(value);
            return index;
        }

        private DataFileException Error(int? line, string? column, string problem) => new(file, line, column, problem);
    }
}
