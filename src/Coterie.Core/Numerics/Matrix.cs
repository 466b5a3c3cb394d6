using System.Numerics.Tensors;
using Coterie.Core.Arithmetic;

namespace Coterie.Core.Numerics;

/// <summary>
/// A dense real matrix, row-major and immutable; the plain value behind every contribution and model parameter.
/// A vector is a matrix with one column. Missing cells are NaN and appear only in shards, never in contributions.
/// </summary>
public sealed class Matrix : ISecret<Matrix>, IEquatable<Matrix>
{
    private readonly double[] _values;

    /// <summary>Wraps <paramref name="values"/> (row-major, rows x columns); the caller gives the array up.</summary>
    /// <exception cref="ArgumentException">The length is not rows x columns.</exception>
    public Matrix(int rows, int columns, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (values.LongLength != (long)rows * columns)
            throw new ArgumentException($"{rows} x {columns} values expected, {values.Length} given.", nameof(values));
        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row-major.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The value at a 0-based row and column.</summary>
    public double this[int row, int column] => _values[(row * Columns) + column];

    /// <summary>One row, as a view.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Columns, Columns);

    /// <summary>A rows x columns matrix of zeros.</summary>
    public static Matrix Zero(int rows, int columns) => new(rows, columns, new double[rows * columns]);

    /// <summary>A rows x columns matrix filled by <paramref name="fill"/>, which receives the row-major values, all zero.</summary>
    public static Matrix Create(int rows, int columns, SpanFill fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var values = new double[rows * columns];
        fill(values);
        return new Matrix(rows, columns, values);
    }

    /// <summary>A column vector holding a copy of <paramref name="values"/>.</summary>
    public static Matrix Column(params ReadOnlySpan<double> values) => new(values.Length, 1, values.ToArray());

    /// <summary>A 1 x 1 matrix.</summary>
    public static Matrix Scalar(double value) => new(1, 1, [value]);

    /// <summary>The n x n identity.</summary>
    public static Matrix Identity(int size) => Create(size, size, values =>
    {
        for (var i = 0; i < size; i++) values[(i * size) + i] = 1;
    });

    /// <summary>Fills row-major values in place.</summary>
    public delegate void SpanFill(Span<double> values);

    /// <summary>A copy of the values, row-major.</summary>
    public double[] ToArray() => (double[])_values.Clone();

    /// <summary>The rows named by <paramref name="indices"/>, in that order.</summary>
    public Matrix SelectRows(ReadOnlySpan<int> indices)
    {
        var values = new double[indices.Length * Columns];
        for (var i = 0; i < indices.Length; i++) Row(indices[i]).CopyTo(values.AsSpan(i * Columns));
        return new Matrix(indices.Length, Columns, values);
    }

    /// <summary>The columns named by <paramref name="indices"/>, in that order.</summary>
    public Matrix SelectColumns(ReadOnlySpan<int> indices)
    {
        var values = new double[Rows * indices.Length];
        for (var i = 0; i < Rows; i++)
            for (var j = 0; j < indices.Length; j++)
                values[(i * indices.Length) + j] = this[i, indices[j]];
        return new Matrix(Rows, indices.Length, values);
    }

    /// <summary>Copies one column into <paramref name="destination"/> (length: rows).</summary>
    public void CopyColumn(int column, Span<double> destination)
    {
        for (var i = 0; i < Rows; i++) destination[i] = this[i, column];
    }

    /// <inheritdoc/>
    public Matrix Transpose()
    {
        var values = new double[_values.Length];
        MatrixKernels.Transpose(_values, values, Rows, Columns);
        return new Matrix(Columns, Rows, values);
    }

    /// <inheritdoc/>
    public Matrix ColumnSums()
    {
        var sums = new double[Columns];
        for (var i = 0; i < Rows; i++) TensorPrimitives.Add(sums, Row(i), sums);
        return new Matrix(1, Columns, sums);
    }

    /// <inheritdoc/>
    public Matrix RepeatRows(int rows)
    {
        if (Rows != 1) throw new InvalidOperationException($"A single row is repeated, not {Rows}.");
        var values = new double[rows * Columns];
        for (var i = 0; i < rows; i++) _values.CopyTo(values, i * Columns);
        return new Matrix(rows, Columns, values);
    }

    /// <inheritdoc/>
    public Matrix Slice(int row, int column, int rows, int columns)
    {
        var values = new double[rows * columns];
        for (var i = 0; i < rows; i++) Row(row + i).Slice(column, columns).CopyTo(values.AsSpan(i * columns));
        return new Matrix(rows, columns, values);
    }

    /// <inheritdoc/>
    public Matrix Beside(Matrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (Rows != right.Rows) throw new ArgumentException($"{Rows} rows expected, {right.Rows} given.", nameof(right));
        var values = new double[Rows * (Columns + right.Columns)];
        for (var i = 0; i < Rows; i++)
        {
            Row(i).CopyTo(values.AsSpan(i * (Columns + right.Columns)));
            right.Row(i).CopyTo(values.AsSpan((i * (Columns + right.Columns)) + Columns));
        }
        return new Matrix(Rows, Columns + right.Columns, values);
    }

    /// <inheritdoc/>
    public Matrix Above(Matrix below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (Columns != below.Columns) throw new ArgumentException($"{Columns} columns expected, {below.Columns} given.", nameof(below));
        return new Matrix(Rows + below.Rows, Columns, [.. _values, .. below._values]);
    }

    /// <summary>Entry-wise sum.</summary>
    public static Matrix operator +(Matrix left, Matrix right)
    {
        var values = new double[SameShape(left, right)];
        TensorPrimitives.Add(left._values, right._values, values);
        return new Matrix(left.Rows, left.Columns, values);
    }

    /// <summary>Entry-wise difference.</summary>
    public static Matrix operator -(Matrix left, Matrix right)
    {
        var values = new double[SameShape(left, right)];
        TensorPrimitives.Subtract(left._values, right._values, values);
        return new Matrix(left.Rows, left.Columns, values);
    }

    /// <summary>Matrix product.</summary>
    public static Matrix operator *(Matrix left, Matrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Columns != right.Rows)
            throw new ArgumentException($"{left.Rows} x {left.Columns} times {right.Rows} x {right.Columns} is not defined.", nameof(right));
        var values = new double[left.Rows * right.Columns];
        MatrixKernels.Multiply(left._values, right._values, values, left.Rows, left.Columns, right.Columns);
        return new Matrix(left.Rows, right.Columns, values);
    }

    /// <summary>Every entry times <paramref name="factor"/>.</summary>
    public static Matrix operator *(double factor, Matrix value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var values = new double[value._values.Length];
        TensorPrimitives.Multiply(value._values, factor, values);
        return new Matrix(value.Rows, value.Columns, values);
    }

    /// <summary>Equal shape and bit-equal values.</summary>
    public bool Equals(Matrix? other) =>
        other is not null && Rows == other.Rows && Columns == other.Columns
        && System.Runtime.InteropServices.MemoryMarshal.AsBytes(Values).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(other.Values));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Matrix);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rows, Columns, _values.Length > 0 ? _values[0] : 0);

    /// <inheritdoc/>
    public override string ToString() => $"{Rows} x {Columns}";

    private static int SameShape(Matrix left, Matrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Rows != right.Rows || left.Columns != right.Columns)
            throw new ArgumentException($"Shapes differ: {left} and {right}.", nameof(right));
        return left._values.Length;
    }
}
