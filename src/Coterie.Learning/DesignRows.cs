using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// The rows [1 | X] (n x (d + 1)) of one shard, kept sparse when most cells are zero: the Hessian of one-hot data then costs the
/// squares of the filled cells instead of all.
/// </summary>
internal sealed class DesignRows
{
    /// <summary>Scattered scalar updates cost about ten times a cell of a vectorised row, and a Hessian takes pairs of cells.</summary>
    private const double SparseDensity = 0.3;

    private readonly double[] _cells;
    private readonly int[] _columns;
    private readonly int[] _starts;

    public DesignRows(Schema schema, Matrix features)
    {
        var rows = LinearRows.WithIntercept(schema, features);
        Rows = rows.Rows;
        Width = rows.Columns;
        var filled = rows.Values.Length - rows.Values.Count(0.0);
        IsSparse = filled < SparseDensity * rows.Values.Length;
        if (!IsSparse)
        {
            (_cells, _columns, _starts) = (rows.ToArray(), [], []);
            return;
        }
        (_cells, _columns, _starts) = (new double[filled], new int[filled], new int[Rows + 1]);
        var next = 0;
        for (var i = 0; i < Rows; i++)
        {
            var row = rows.Row(i);
            for (var j = 0; j < Width; j++)
                if (row[j] != 0) (_cells[next], _columns[next++]) = (row[j], j);
            _starts[i + 1] = next;
        }
    }

    /// <summary>n.</summary>
    public int Rows { get; }

    /// <summary>d + 1.</summary>
    public int Width { get; }

    public bool IsSparse { get; }

    /// <summary>destination (n) = [1 | X] v.</summary>
    public void Multiply(ReadOnlySpan<double> v, Span<double> destination)
    {
        for (var i = 0; i < Rows; i++)
        {
            if (!IsSparse)
            {
                destination[i] = TensorPrimitives.Dot(_cells.AsSpan(i * Width, Width), v);
                continue;
            }
            double sum = 0;
            for (var c = _starts[i]; c < _starts[i + 1]; c++) sum += _cells[c] * v[_columns[c]];
            destination[i] = sum;
        }
    }

    /// <summary>destination (d + 1) += [1 | X]' v.</summary>
    public void AddTransposeProduct(ReadOnlySpan<double> v, Span<double> destination)
    {
        if (!IsSparse)
        {
            MatrixKernels.AddTransposeProduct(_cells, v, destination, Rows, Width);
            return;
        }
        for (var i = 0; i < Rows; i++)
            for (var c = _starts[i]; c < _starts[i + 1]; c++)
                destination[_columns[c]] += v[i] * _cells[c];
    }

    /// <summary>
    /// destination ((d + 1)(d + 2) / 2) = the upper triangle, by rows, of [1 | X]' diag(weights) [1 | X]; <paramref name="square"/>
    /// ((d + 1)^2) is room to work in.
    /// </summary>
    public void Gram(ReadOnlySpan<double> weights, Span<double> destination, Span<double> square)
    {
        square.Clear();
        if (IsSparse) AddSparseGram(weights, square);
        else MatrixKernels.AddGram(_cells, weights, square, Rows, Width);
        PackedTriangle.Pack(square, destination, Width);
    }

    private void AddSparseGram(ReadOnlySpan<double> weights, Span<double> square)
    {
        for (var i = 0; i < Rows; i++)
        {
            var columns = _columns.AsSpan(_starts[i].._starts[i + 1]);
            var cells = _cells.AsSpan(_starts[i].._starts[i + 1]);
            for (var a = 0; a < columns.Length; a++)
            {
                var factor = weights[i] * cells[a];
                var target = square.Slice(columns[a] * Width, Width);
                for (var b = a; b < columns.Length; b++) target[columns[b]] += factor * cells[b];
            }
        }
    }
}
