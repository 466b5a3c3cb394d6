using Coterie.Core.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>
/// A matrix of which only the shape and the degree in the model's parameters are known. Degree 0: depends on the rows only;
/// <see cref="NotPolynomial"/>: a comparison or another non-polynomial step took part.
/// </summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Degree">Degree in the model's parameters.</param>
public sealed record Shape(int Rows, int Columns, int Degree) : ISecret<Shape>
{
    /// <summary>The degree of what is no polynomial in the model.</summary>
    public const int NotPolynomial = int.MaxValue;

    /// <summary>The shape of a matrix.</summary>
    public static Shape Of(Matrix value, int degree)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value.Rows, value.Columns, degree);
    }

    /// <inheritdoc/>
    public Shape Transpose() => new(Columns, Rows, Degree);

    /// <inheritdoc/>
    public Shape ColumnSums() => this with { Rows = 1 };

    /// <inheritdoc/>
    public Shape RepeatRows(int rows) => this with { Rows = rows };

    /// <inheritdoc/>
    public Shape Slice(int row, int column, int rows, int columns)
    {
        if (row < 0 || column < 0 || row + rows > Rows || column + columns > Columns)
            throw new ArgumentOutOfRangeException(nameof(row), $"No {rows} x {columns} part at ({row}, {column}) of {Rows} x {Columns}.");
        return this with { Rows = rows, Columns = columns };
    }

    /// <inheritdoc/>
    public Shape Beside(Shape right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (Rows != right.Rows) throw new ArgumentException($"{Rows} rows expected, {right.Rows} given.", nameof(right));
        return new(Rows, Columns + right.Columns, Math.Max(Degree, right.Degree));
    }

    /// <inheritdoc/>
    public Shape Above(Shape below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (Columns != below.Columns) throw new ArgumentException($"{Columns} columns expected, {below.Columns} given.", nameof(below));
        return new(Rows + below.Rows, Columns, Math.Max(Degree, below.Degree));
    }

    /// <summary>A sum's shape and degree.</summary>
    public static Shape operator +(Shape left, Shape right) => Same(left, right);

    /// <summary>A difference's shape and degree.</summary>
    public static Shape operator -(Shape left, Shape right) => Same(left, right);

    /// <summary>The degree of a product.</summary>
    public static int ProductDegree(Shape left, Shape right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.Degree == NotPolynomial || right.Degree == NotPolynomial ? NotPolynomial : left.Degree + right.Degree;
    }

    private static Shape Same(Shape left, Shape right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Rows != right.Rows || left.Columns != right.Columns)
            throw new ArgumentException($"Shapes differ: {left.Rows} x {left.Columns} and {right.Rows} x {right.Columns}.", nameof(right));
        return left with { Degree = Math.Max(left.Degree, right.Degree) };
    }
}
