using System.Numerics;

namespace Coterie.Core.Arithmetic;

/// <summary>
/// A matrix that may be hidden. Everything here is local: no other party takes part. Entry-wise + and -; products live in
/// <see cref="IArithmetic{T}"/>, because they may talk to other parties.
/// </summary>
public interface ISecret<TSelf> : IAdditionOperators<TSelf, TSelf, TSelf>, ISubtractionOperators<TSelf, TSelf, TSelf>
    where TSelf : class, ISecret<TSelf>
{
    /// <summary>Number of rows; public.</summary>
    int Rows { get; }

    /// <summary>Number of columns; public.</summary>
    int Columns { get; }

    /// <summary>The transpose.</summary>
    TSelf Transpose();

    /// <summary>1 x columns: the sum of each column.</summary>
    TSelf ColumnSums();

    /// <summary>rows x columns from a 1 x columns matrix.</summary>
    TSelf RepeatRows(int rows);

    /// <summary>The rows x columns part that starts at (row, column).</summary>
    TSelf Slice(int row, int column, int rows, int columns);

    /// <summary>This matrix with <paramref name="right"/> to its right; equal numbers of rows.</summary>
    TSelf Beside(TSelf right);

    /// <summary>This matrix with <paramref name="below"/> under it; equal numbers of columns.</summary>
    TSelf Above(TSelf below);
}
