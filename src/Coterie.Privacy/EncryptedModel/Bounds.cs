using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What everybody may know about the size of numbers that one party knows: the entry in row i and column j is at most Rows[i] x Columns[j].</summary>
internal sealed record Bounds(Extent Rows, Extent Columns)
{
    /// <summary>No entry is larger.</summary>
    public double Largest => Rows.Largest * Columns.Largest;

    /// <summary>Those of numbers that everybody may know.</summary>
    public static Bounds Of(Matrix value)
    {
        var columns = new double[value.Columns];
        for (var i = 0; i < value.Values.Length; i++) columns[i % value.Columns] = Math.Max(columns[i % value.Columns], Math.Abs(value.Values[i]));
        return new Bounds(Extent.Same(value.Rows, 1), Extent.Of(columns));
    }

    public Bounds Transpose() => new(Columns, Rows);

    public Bounds Times(double factor) => this with { Columns = Columns.Times(Math.Abs(factor)) };

    public Bounds Beside(Bounds right) => new(Rows.Combine(right.Rows, Math.Max), Columns.Concat(right.Columns));

    public Bounds Above(Bounds below) => Transpose().Beside(below.Transpose()).Transpose();

    /// <summary>Of a sum: r c + r' c' is at most max(r, r') (c + c').</summary>
    public Bounds Plus(Bounds other) => new(Rows.Combine(other.Rows, Math.Max), Columns.Combine(other.Columns, static (a, b) => a + b));

    /// <summary>Of a matrix product.</summary>
    public Bounds Product(Bounds right) => new(Rows.Times(Columns.Dot(right.Rows)), right.Columns);

    /// <summary>Of an entry-wise product.</summary>
    public Bounds Hadamard(Bounds other) => new(Rows.Combine(other.Rows, static (a, b) => a * b), Columns.Combine(other.Columns, static (a, b) => a * b));

    /// <summary>Insists that numbers are as they were agreed to be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is beyond its bound.</exception>
    public void Require(Matrix value)
    {
        for (var i = 0; i < value.Values.Length; i++)
        {
            var (row, column) = Math.DivRem(i, value.Columns);
            if (!(Math.Abs(value.Values[i]) <= Rows[row] * Columns[column]))
                throw new ArgumentOutOfRangeException(nameof(value), $"Row {row}, column {column} is not a number of at most {Rows[row] * Columns[column]:R}, which was agreed.");
        }
    }
}
