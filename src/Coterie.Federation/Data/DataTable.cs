using System.Collections.Immutable;

namespace Coterie.Federation.Data;

/// <summary>A table as read from one file: typed columns, and where each row stood.</summary>
public sealed class DataTable
{
    private readonly int[] _lines;
    private readonly Dictionary<string, int> _positions;

    internal DataTable(string file, ImmutableArray<DataColumn> columns, int[] lines, bool isSparse)
    {
        File = file;
        Columns = columns;
        IsSparse = isSparse;
        _lines = lines;
        _positions = new Dictionary<string, int>(columns.Length, StringComparer.Ordinal);
        for (var j = 0; j < columns.Length; j++) _positions.Add(columns[j].Name, j);
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>The columns, in file order; of LIBSVM text: <c>f1</c> to <c>fd</c>, then <c>label</c>.</summary>
    public ImmutableArray<DataColumn> Columns { get; }

    /// <summary>Number of rows; at least 1.</summary>
    public int Rows => _lines.Length;

    /// <summary>Whether the format leaves zeros out, so that a feature no row mentions is zero and not absent.</summary>
    public bool IsSparse { get; }

    /// <summary>The 1-based line on which a 0-based row starts.</summary>
    public int LineOf(int row) => _lines[row];

    /// <summary>The column of that name, or null.</summary>
    public DataColumn? Find(string name) => _positions.TryGetValue(name, out var position) ? Columns[position] : null;
}
