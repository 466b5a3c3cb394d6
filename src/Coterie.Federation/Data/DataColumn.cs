namespace Coterie.Federation.Data;

/// <summary>One column of a table: numbers with NaN where a cell is missing, or texts with null where one is missing.</summary>
public sealed class DataColumn
{
    private readonly double[]? _numbers;
    private readonly string?[]? _texts;

    internal DataColumn(string name, double[] numbers) => (Name, _numbers) = (name, numbers);

    internal DataColumn(string name, string?[] texts) => (Name, _texts) = (name, texts);

    /// <summary>The name in the header.</summary>
    public string Name { get; }

    /// <summary>Whether every cell that is not missing is a finite number and nobody asked for text.</summary>
    public bool IsNumeric => _numbers is not null;

    /// <summary>Number of cells.</summary>
    public int Rows => _numbers?.Length ?? _texts!.Length;

    /// <summary>The cells of a numeric column.</summary>
    public ReadOnlySpan<double> Numbers => _numbers ?? throw new InvalidOperationException($"Column '{Name}' holds text.");

    /// <summary>The cells of a text column.</summary>
    public ReadOnlySpan<string?> Texts => _texts ?? throw new InvalidOperationException($"Column '{Name}' holds numbers.");

    /// <summary>Whether the cell of a 0-based row is missing.</summary>
    public bool IsMissing(int row) => _numbers is null ? _texts![row] is null : double.IsNaN(_numbers[row]);

    /// <summary>The cell of a 0-based row as text; null where it is missing.</summary>
    public string? Text(int row) => _numbers is null ? _texts![row] : double.IsNaN(_numbers[row]) ? null : CellText.Of(_numbers[row]);
}
