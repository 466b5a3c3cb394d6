namespace Coterie.Federation.Data;

/// <summary>Collects the cells of one column: numbers for as long as they are, then texts.</summary>
internal sealed class ColumnBuilder(string name, bool isText)
{
    private const int Pooled = 4096;
    private readonly Dictionary<string, string> _pool = new(StringComparer.Ordinal);
    private List<double>? _numbers = isText ? null : [];
    private List<string?>? _texts = isText ? [] : null;
    private bool _hasNumber;

    public string Name { get; } = name;

    /// <summary>Whether a text came after numbers, whose spelling is gone.</summary>
    public bool LostSpelling { get; private set; }

    public void Add(string cell)
    {
        if (LostSpelling) return;
        var text = cell.AsSpan().Trim();
        if (CellText.IsMissing(text)) AddMissing();
        else if (_numbers is null) AddText(cell, text);
        else if (CellText.TryNumber(text, out var value)) AddNumber(value);
        else TurnToText(cell, text);
    }

    public DataColumn Build() => _numbers is null ? new DataColumn(Name, _texts!.ToArray()) : new DataColumn(Name, _numbers.ToArray());

    private void AddMissing()
    {
        if (_numbers is null) _texts!.Add(null);
        else _numbers.Add(double.NaN);
    }

    private void AddNumber(double value)
    {
        _hasNumber = true;
        _numbers!.Add(value);
    }

    private void TurnToText(string cell, ReadOnlySpan<char> text)
    {
        LostSpelling = _hasNumber;
        _texts = LostSpelling ? [] : [.. _numbers!.Select(_ => (string?)null)];
        _numbers = null;
        AddText(cell, text);
    }

    /// <summary>Columns of few values share their strings.</summary>
    private void AddText(string cell, ReadOnlySpan<char> trimmed)
    {
        var text = trimmed.Length == cell.Length ? cell : trimmed.ToString();
        if (_pool.TryGetValue(text, out var known)) text = known;
        else if (_pool.Count < Pooled) _pool.Add(text, text);
        _texts!.Add(text);
    }
}
