namespace Coterie.Core.Learning;

/// <summary>The public shape and range of one block of a contribution; fixed point and scales come from it.</summary>
/// <param name="Name">The block's name.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Bound">No entry of any contribution exceeds it in absolute value; finite and positive.</param>
public sealed record BlockSpec(string Name, int Rows, int Columns, double Bound)
{
    /// <summary>Number of entries.</summary>
    public int Length => Rows * Columns;
}
