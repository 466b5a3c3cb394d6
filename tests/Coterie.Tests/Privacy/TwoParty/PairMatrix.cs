using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Privacy.TwoParty;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>Both parties' views of one value.</summary>
public sealed class PairMatrix : ISecret<PairMatrix>
{
    internal PairMatrix(TwoPartyMatrix first, TwoPartyMatrix second) => (First, Second) = (first, second);

    internal TwoPartyMatrix First { get; }

    internal TwoPartyMatrix Second { get; }

    public int Rows => First.Rows;

    public int Columns => First.Columns;

    public PairMatrix Transpose() => Map(v => v.Transpose());

    public PairMatrix ColumnSums() => Map(v => v.ColumnSums());

    public PairMatrix RepeatRows(int rows) => Map(v => v.RepeatRows(rows));

    public PairMatrix Slice(int row, int column, int rows, int columns) => Map(v => v.Slice(row, column, rows, columns));

    public PairMatrix Beside(PairMatrix right) => new(First.Beside(right.First), Second.Beside(right.Second));

    public PairMatrix Above(PairMatrix below) => new(First.Above(below.First), Second.Above(below.Second));

    public static PairMatrix operator +(PairMatrix left, PairMatrix right) => new(left.First + right.First, left.Second + right.Second);

    public static PairMatrix operator -(PairMatrix left, PairMatrix right) => new(left.First - right.First, left.Second - right.Second);

    /// <summary>What the value is, from both views.</summary>
    public Matrix Open()
    {
        Assert.Equal((First.Holder, First.FractionBits, First.Rows, First.Columns), (Second.Holder, Second.FractionBits, Second.Rows, Second.Columns));
        if (!First.IsShared) return (First.Clear ?? Second.Clear)!;
        return TwoPartyFormat.Decode(First.Share! + Second.Share!, First.FractionBits);
    }

    internal PairMatrix Map(Func<TwoPartyMatrix, TwoPartyMatrix> map) => new(map(First), map(Second));
}
