namespace Coterie.Core.Arithmetic;

/// <summary>A matrix over Z_2^64, row-major: the value type of <see cref="RingArithmetic"/>, and a party's share where values are shared. Addition wraps, as a ring does.</summary>
public sealed class RingMatrix : ISecret<RingMatrix>
{
    private readonly ulong[] _values;

    /// <summary>A matrix of the given elements, row by row; the array is not copied.</summary>
    /// <exception cref="ArgumentException">Not rows x columns elements.</exception>
    public RingMatrix(int rows, int columns, ulong[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (rows < 0 || columns < 0 || values.Length != (long)rows * columns) throw new ArgumentException($"{values.Length} elements given, {rows} x {columns} expected.", nameof(values));
        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <summary>The elements, row by row.</summary>
    public ReadOnlySpan<ulong> Values => _values;

    internal ulong this[int row, int column] => _values[(row * Columns) + column];

    /// <inheritdoc/>
    public RingMatrix Transpose() => Build(Columns, Rows, (i, j) => this[j, i]);

    /// <inheritdoc/>
    public RingMatrix ColumnSums() => Build(1, Columns, (_, j) =>
    {
        var sum = 0UL;
        for (var i = 0; i < Rows; i++) sum = unchecked(sum + this[i, j]);
        return sum;
    });

    /// <inheritdoc/>
    public RingMatrix RepeatRows(int rows) => Build(rows, Columns, (_, j) => this[0, j]);

    /// <inheritdoc/>
    public RingMatrix Slice(int row, int column, int rows, int columns) => Build(rows, columns, (i, j) => this[row + i, column + j]);

    /// <inheritdoc/>
    public RingMatrix Beside(RingMatrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (Rows != right.Rows) throw new ArgumentException($"{Rows} rows expected, {right.Rows} given.", nameof(right));
        return Build(Rows, Columns + right.Columns, (i, j) => j < Columns ? this[i, j] : right[i, j - Columns]);
    }

    /// <inheritdoc/>
    public RingMatrix Above(RingMatrix below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (Columns != below.Columns) throw new ArgumentException($"{Columns} columns expected, {below.Columns} given.", nameof(below));
        return Build(Rows + below.Rows, Columns, (i, j) => i < Rows ? this[i, j] : below[i - Rows, j]);
    }

    /// <summary>Sum in the ring.</summary>
    public static RingMatrix operator +(RingMatrix left, RingMatrix right) => Combine(left, right, (a, b) => unchecked(a + b));

    /// <summary>Difference in the ring.</summary>
    public static RingMatrix operator -(RingMatrix left, RingMatrix right) => Combine(left, right, (a, b) => unchecked(a - b));

    internal static RingMatrix Combine(RingMatrix left, RingMatrix right, Func<ulong, ulong, ulong> function)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Rows != right.Rows || left.Columns != right.Columns)
            throw new ArgumentException($"Shapes differ: {left.Rows} x {left.Columns} and {right.Rows} x {right.Columns}.", nameof(right));
        var values = new ulong[left._values.Length];
        for (var i = 0; i < values.Length; i++) values[i] = function(left._values[i], right._values[i]);
        return new RingMatrix(left.Rows, left.Columns, values);
    }

    internal static RingMatrix Build(int rows, int columns, Func<int, int, ulong> entry)
    {
        var values = new ulong[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                values[(i * columns) + j] = entry(i, j);
        return new RingMatrix(rows, columns, values);
    }
}
