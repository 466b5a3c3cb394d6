using System.Collections.Immutable;

namespace Coterie.Federation.Data;

/// <summary>Turns the cells of a column into 0-based indices of a list of values, compared as text or as numbers.</summary>
internal sealed class ValueCoder
{
    private readonly Cells _cells;
    private readonly ImmutableArray<string> _values;
    private readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);
    private readonly Dictionary<double, int> _byNumber = [];

    public ValueCoder(Cells cells, ImmutableArray<string> values)
    {
        _cells = cells;
        _values = values;
        for (var k = 0; k < values.Length; k++)
        {
            _byText.TryAdd(values[k], k);
            if (CellText.TryNumber(values[k], out var number)) _byNumber.TryAdd(number, k);
        }
    }

    /// <summary>The value's index; NaN for a missing cell.</summary>
    /// <exception cref="DataFileException">The cell holds another value.</exception>
    public double IndexOf(int row)
    {
        if (_cells.Column.IsMissing(row)) return double.NaN;
        if (Find(row) is >= 0 and var index) return index;
        throw _cells.Error(row, $"{CellText.Quote(_cells.Column.Text(row)!)} is not among the values {string.Join(", ", _values.Take(12))}{(_values.Length > 12 ? ", ..." : "")}; correct the cell or declare the value.");
    }

    /// <summary>The value's index; -1 for a missing cell or another value.</summary>
    public int Find(int row)
    {
        if (_cells.Column.IsNumeric) return _byNumber.TryGetValue(_cells.Column.Numbers[row], out var found) ? found : -1;
        if (_cells.Column.Texts[row] is not { } text) return -1;
        if (_byText.TryGetValue(text, out var index)) return index;
        return CellText.TryNumber(text, out var number) && _byNumber.TryGetValue(number, out index) ? index : -1;
    }
}
