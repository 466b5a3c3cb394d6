namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Products row by row: n conjunctions for a row and n for adding it.</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>The product of unsigned words, n + m bits; (2m - 1) n.</summary>
    public Word MultiplyUnsigned(Word left, Word right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Rows(left, right, false, new Window(0, left.Width + right.Width, 0, false));
    }

    /// <summary>The product of signed words, n + m bits; (2m - 1) n.</summary>
    public Word MultiplySigned(Word left, Word right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Rows(left, right, true, new Window(0, left.Width + right.Width, 0, false));
    }

    /// <summary>The product modulo 2^n of words of n bits, signed or not; n^2 - n + 1.</summary>
    public Word MultiplyLow(Word left, Word right)
    {
        RequireSameWidth(left, right);
        return Rows(left, right, false, new Window(0, left.Width, 0, false));
    }

    /// <summary>
    /// The signed product divided by 2^<paramref name="fractionBits"/>, rounded to nearest (halves up), modulo 2^n: fixed point times fixed point. The product itself may
    /// be wider than the words; what must fit n bits is the result.
    /// </summary>
    public Word MultiplyFixed(Word left, Word right, int fractionBits)
    {
        RequireSameWidth(left, right);
        ArgumentOutOfRangeException.ThrowIfLessThan(fractionBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fractionBits, left.Width);
        return Rows(left, right, true, new Window(fractionBits, left.Width, 0, true));
    }

    /// <summary>The signed word divided by 2^<paramref name="fractionBits"/>, rounded to nearest (halves up), n bits; n - f.</summary>
    public Word Truncate(Word word, int fractionBits)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentOutOfRangeException.ThrowIfNegative(fractionBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fractionBits, word.Width);
        if (fractionBits == 0) return word;
        var width = word.Width - fractionBits + 1;
        return Add(word.ShiftRightSigned(fractionBits).ToSigned(width), Word.Constant(0, width), word[fractionBits - 1]).ToSigned(word.Width);
    }

    /// <summary>The low <paramref name="width"/> bits of a signed word times a public number, by its signed digits without neighbours (non-adjacent form).</summary>
    public Word MultiplyConstant(Word word, long factor, int width)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Word? sum = null;
        var extended = word.ToSigned(width);
        for (var place = 0; factor != 0 && place < width; place++, factor >>= 1)
        {
            if ((factor & 1) == 0) continue;
            var digit = (factor & 3) == 1 ? 1 : -1;
            factor -= digit;
            var row = extended.ShiftLeft(place);
            sum = (sum, digit) switch
            {
                (null, 1) => row,
                (null, _) => Negate(row),
                (_, 1) => Add(sum, row),
                _ => Subtract(sum, row),
            };
        }
        return sum ?? Word.Constant(0, width);
    }

    /// <summary>Which bits of a product are wanted.</summary>
    /// <param name="Low">The lowest bit wanted.</param>
    /// <param name="Width">How many.</param>
    /// <param name="Cut">Columns below are left out of the rows: an error between -rows and 0 units of 2^Cut.</param>
    /// <param name="Round">Whether half of 2^Low is added first.</param>
    private readonly record struct Window(int Low, int Width, int Cut, bool Round);

    private Word Rows(Word left, Word right, bool signed, Window window)
    {
        int top = window.Low + window.Width, lowest = window.Cut;
        // Half a unit enters for nothing as the carry of the row that starts at its column, where there is such a row and its carry is free.
        var half = window is { Round: true, Cut: 0 } && window.Low > 1 && window.Low - 1 < right.Width - (signed ? 1 : 0) ? window.Low - 1 : -1;
        var sum = Row(0);
        if (signed && right.Width == 1) sum = Negate(Extended(sum, sum.Width + 1));
        for (var i = 1; i < right.Width && i < top; i++)
        {
            var row = Row(i);
            int start = Math.Max(i, lowest), done = start - lowest;
            var high = sum.Slice(done, sum.Width - done);
            var width = Math.Min(Math.Max(high.Width, row.Width) + 1, top - start);
            (high, row) = (Extended(high, width), Extended(row, width));
            var total = signed && i == right.Width - 1 ? Subtract(high, row) : Add(high, row, Bit.Constant(i == half));
            sum = done == 0 ? total : sum.Slice(0, done).Below(total);
        }
        var all = Extended(sum, top - lowest);
        var wanted = all.Slice(window.Low - lowest, window.Width);
        return window.Round && half < 0 ? Add(wanted, Word.Constant(0, window.Width), all[window.Low - lowest - 1]) : wanted;

        Word Row(int i)
        {
            var dropped = Math.Max(0, lowest - i);
            var columns = Math.Min(left.Width - dropped, top - Math.Max(i, lowest));
            if (columns > 0) return And(right[i], left.Slice(dropped, columns));
            return new Word([signed ? And(right[i], left.Sign) : Bit.Zero]);
        }

        Word Extended(Word word, int width) => signed ? word.ToSigned(width) : word.ToUnsigned(width);
    }
}
