using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty;

/// <summary>What parties multiply with each other where one factor is bits that they have in exclusive-or shares; arithmetic modulo 2^64 is meant.</summary>
internal static class MarkedRows
{
    /// <summary>The asker's numbers: 0 and -1, which are the signed numbers of one bit.</summary>
    public static RingMatrix Asked(RingMatrix marks)
    {
        var asked = new ulong[marks.Values.Length];
        for (var i = 0; i < asked.Length; i++) asked[i] = unchecked(0 - marks.Values[i]);
        return new RingMatrix(marks.Rows, marks.Columns, asked);
    }

    /// <summary>For every mark, row by row, the next row of the values, from the first again after the last, times 2 mark - 1: what the other's 0 or -1 scales.</summary>
    public static RingMatrix Turned(RingMatrix marks, RingMatrix values)
    {
        var columns = values.Columns;
        var turned = new ulong[marks.Values.Length * columns];
        for (var i = 0; i < marks.Values.Length; i++)
        {
            // A mask, no branch: the mark is secret. -v where it is 0.
            var sign = unchecked(marks.Values[i] - 1);
            var row = values.Values.Slice(i % values.Rows * columns, columns);
            for (var j = 0; j < columns; j++) turned[(i * columns) + j] = unchecked((row[j] ^ sign) - sign);
        }
        return new RingMatrix(marks.Values.Length, columns, turned);
    }
}
