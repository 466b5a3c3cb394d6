using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

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

    /// <summary>Of whoever knows signs: -1 where the sign is -1 and 0 elsewhere, and its own values flipped.</summary>
    /// <exception cref="ArgumentException">An entry is neither -1 nor 1; which one is not said.</exception>
    public static (RingMatrix Asked, RingMatrix Flipped) Flipped(Matrix signs, RingMatrix values)
    {
        var (asked, flipped) = (new ulong[values.Values.Length], new ulong[values.Values.Length]);
        var isOther = false;
        for (var i = 0; i < asked.Length; i++)
        {
            var sign = signs.Values[i];
            isOther |= Math.Abs(sign) != 1;
            // The sign's own bit, spread: no branch.
            asked[i] = unchecked((ulong)(BitConverter.DoubleToInt64Bits(sign) >> 63));
            flipped[i] = unchecked((values.Values[i] ^ asked[i]) - asked[i]);
        }
        return isOther ? throw new ArgumentException("Signs are -1 and 1; an entry is another number.", nameof(signs)) : (new RingMatrix(values.Rows, values.Columns, asked), new RingMatrix(values.Rows, values.Columns, flipped));
    }
}
