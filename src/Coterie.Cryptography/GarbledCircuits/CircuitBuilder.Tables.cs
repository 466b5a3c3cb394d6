using System.Collections.Immutable;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Public tables: finding the line costs, what stands on it does not (any output bit is an exclusive or of lines).</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>
    /// Level by level the lines of a hidden index of t bits: level i has 2^i, one of them 1, at the place its i high bits say; none is 1 unless <paramref name="enable"/>.
    /// 2^t - t - 1 for all of them, and one for each line more if <paramref name="enable"/> is hidden; fewer if the table repeats itself.
    /// </summary>
    private Bit[][] Decode(Word index, Bit enable)
    {
        var levels = new Bit[index.Width + 1][];
        levels[0] = [enable];
        for (var level = 0; level < index.Width; level++)
        {
            var lines = levels[level + 1] = new Bit[2 << level];
            var bit = index[index.Width - 1 - level];
            for (var i = 0; i < levels[level].Length; i++)
            {
                lines[(2 * i) + 1] = And(levels[level][i], bit);
                lines[2 * i] = Xor(levels[level][i], lines[(2 * i) + 1]);
            }
        }
        return levels;
    }

    /// <summary>The low <paramref name="width"/> bits of the number on the line that is 1; 0 if none is.</summary>
    private Word Lookup(Bit[][] levels, ReadOnlySpan<long> numbers, int width)
    {
        var bits = ImmutableArray.CreateBuilder<Bit>(width);
        for (var i = 0; i < width; i++) bits.Add(Column(levels, 0, 0, numbers, Math.Min(i, 63)));
        return new Word(bits.MoveToImmutable());
    }

    /// <summary>One bit of the table's part below a line; a part that is all alike needs no deeper line.</summary>
    private Bit Column(Bit[][] levels, int level, int line, ReadOnlySpan<long> numbers, int bit)
    {
        var ones = 0;
        foreach (var number in numbers) ones += (int)((number >> bit) & 1);
        if (ones == 0) return Bit.Zero;
        if (ones == numbers.Length) return levels[level][line];
        var half = numbers.Length / 2;
        return Xor(
            Column(levels, level + 1, 2 * line, numbers[..half], bit),
            Column(levels, level + 1, (2 * line) + 1, numbers[half..], bit));
    }

    /// <summary>A function on segments: <paramref name="segment"/> of 2^t, and -1/2 &lt;= v &lt; 1/2 in it.</summary>
    private delegate double SegmentFunction(int segment, double v);

    /// <summary>Columns kept below the ones wanted in products that are cut: 2^-4 of a unit for each of at most 20 rows.</summary>
    private const int GuardColumns = 4;

    /// <summary>
    /// A smooth function by parabolas through three points of each segment, with <paramref name="fraction"/> bits after the point, signed:
    /// a0 + v (a1 + a2 v). Rounding is downward only, by at most 6 units of the last place, so that no value reaches the next power of two.
    /// </summary>
    /// <remarks>Coefficients are computed with the four basic operations and roots only, which IEEE 754 rounds alike everywhere: both parties get one circuit.</remarks>
    private Word Parabolas(Word index, Word within, Bit enable, int fraction, SegmentFunction function)
    {
        const double Node = 0.4330127018922193;   // cos(pi/6)/2: with 0 and its mirror image the Chebyshev nodes of [-1/2, 1/2]
        var segments = 1 << index.Width;
        long[] constant = new long[segments], slope = new long[segments], curvature = new long[segments];
        for (var i = 0; i < segments; i++)
        {
            double before = function(i, -Node), middle = function(i, 0), after = function(i, Node);
            constant[i] = Scaled(middle) - 1;   // more than the parabolas and the coefficients' rounding can be above
            slope[i] = Scaled((after - before) / (2 * Node));
            curvature[i] = Scaled((after + before - (2 * middle)) / (2 * Node * Node));
        }
        var lines = Decode(index, enable);
        // The place within the segment with its highest bit inverted is v in two's complement.
        var v = WithSignInverted(within);
        var bend = Lookup(lines, curvature, SignedWidth(curvature));
        var used = Math.Min(v.Width, bend.Width + 1);   // lower bits of v do not move the bend
        var tilt = Cut(bend, v.Slice(v.Width - used, used), used, bend.Width);
        var slopeWidth = Math.Max(SignedWidth(slope), bend.Width) + 1;
        var gradient = Add(Lookup(lines, slope, slopeWidth), tilt.ToSigned(slopeWidth));
        var rise = Cut(gradient, v, v.Width, slopeWidth);
        var width = Math.Max(SignedWidth(constant), slopeWidth) + 1;
        return Add(Lookup(lines, constant, width), rise.ToSigned(width));

        long Scaled(double value) => checked((long)Math.Round(Math.ScaleB(value, fraction)));
    }

    /// <summary>A signed product divided by 2^<paramref name="low"/>, its lowest columns left out.</summary>
    private Word Cut(Word left, Word right, int low, int width) =>
        Rows(left, right, true, new Window(low, width, Math.Max(0, low - GuardColumns), false));

    private static int SignedWidth(ReadOnlySpan<long> numbers)
    {
        var width = 1;
        foreach (var number in numbers) width = Math.Max(width, 65 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(number < 0 ? ~number : number)));
        return width;
    }
}
