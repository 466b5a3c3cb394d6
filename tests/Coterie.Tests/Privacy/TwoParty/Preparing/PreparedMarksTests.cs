using System.Runtime.InteropServices;
using Coterie.Core.Arithmetic;
using Coterie.Core.Randomness;
using Coterie.Privacy.TwoParty;
using Coterie.Privacy.TwoParty.Preparing;

namespace Coterie.Tests.Privacy.TwoParty.Preparing;

public sealed class PreparedMarksTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 4)]
    [InlineData(17, 1, 2)]
    public void Share_OfBothParties_AddUpToMinusTheScaledRows(int rows, int inner, int columns)
    {
        var marks = MarkedRows.Asked(Bits(rows, inner));
        var mask = MarkedRows.Asked(Bits(rows, inner));
        var (values, random, share) = (Uniform(rows * inner, columns), Uniform(rows * inner, columns), Uniform(rows * inner, columns));
        var product = new CrossProduct(ValueHolder.First, marks, values, (rows, inner, columns), (1, 64), CrossProductKind.Scaled);
        // The other share of the random product, row by row.
        var other = new ulong[share.Values.Length];
        for (var i = 0; i < other.Length; i++) other[i] = unchecked((mask.Values[i / columns] * random.Values[i]) - share.Values[i]);
        var flat = new RingMatrix(rows * inner, 1, mask.Values.ToArray());
        var mine = PreparedMarks.Share(product with { Right = null }, isMine: true, flat, share, PreparedPieces.ToBytes((values - random).Values));
        var theirs = PreparedMarks.Share(product with { Left = null }, isMine: false, random, new RingMatrix(rows * inner, columns, other), PreparedMarks.Differences(marks, flat));
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                var expected = 0UL;
                for (var t = 0; t < inner; t++) expected = unchecked(expected + (marks.Values[(r * inner) + t] * values.Values[(((r * inner) + t) * columns) + c]));
                Assert.Equal(expected, unchecked(mine.Values[(r * columns) + c] + theirs.Values[(r * columns) + c]));
            }
        }
    }

    private static RingMatrix Uniform(int rows, int columns)
    {
        var values = new ulong[rows * columns];
        CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(values.AsSpan()));
        return new RingMatrix(rows, columns, values);
    }

    private static RingMatrix Bits(int rows, int columns) => new(rows, columns, [.. Uniform(rows, columns).Values.ToArray().Select(v => v & 1)]);
}
