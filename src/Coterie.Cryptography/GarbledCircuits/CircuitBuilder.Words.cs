namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Sums, comparisons and choices of words: one conjunction a bit (Kolesnikov, Sadeghi, Schneider, CANS 2009).</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>Bit by bit <paramref name="whenTrue"/> where <paramref name="condition"/> is 1, else <paramref name="whenFalse"/>; n.</summary>
    public Word Select(Bit condition, Word whenTrue, Word whenFalse) => Combine(whenTrue, whenFalse, (a, b) => Select(condition, a, b));

    /// <summary>Exclusive or of equal widths, bit by bit; free.</summary>
    public Word Xor(Word left, Word right) => Combine(left, right, Xor);

    /// <summary>Every bit of <paramref name="word"/> and <paramref name="bit"/>; n.</summary>
    public Word And(Bit bit, Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Word.Build(word.Width, i => And(bit, word[i]));
    }

    /// <summary>Every bit of <paramref name="word"/> inverted where <paramref name="condition"/> is 1; free.</summary>
    public Word InvertIf(Bit condition, Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Word.Build(word.Width, i => Xor(condition, word[i]));
    }

    /// <summary>left + right + carry modulo 2^n; n - 1, with a variable carry n - 1 too.</summary>
    public Word Add(Word left, Word right, Bit carry = default)
    {
        RequireSameWidth(left, right);
        return Word.Build(left.Width, i =>
        {
            var sum = Xor(Xor(left[i], right[i]), carry);
            if (i + 1 < left.Width) carry = Majority(left[i], right[i], carry);
            return sum;
        });
    }

    /// <summary>left - right modulo 2^n; n - 1.</summary>
    public Word Subtract(Word left, Word right)
    {
        ArgumentNullException.ThrowIfNull(right);
        return Add(left, ~right, Bit.One);
    }

    /// <summary>-x modulo 2^n; n - 2.</summary>
    public Word Negate(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Subtract(Word.Constant(0, word.Width), word);
    }

    /// <summary>-x modulo 2^n where <paramref name="condition"/> is 1, else x; n - 1.</summary>
    public Word NegateIf(Bit condition, Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Add(InvertIf(condition, word), Word.Constant(0, word.Width), condition);
    }

    /// <summary>|x| as an unsigned word, for a signed one; n - 1. -2^(n-1) becomes 2^(n-1).</summary>
    public Word Abs(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return NegateIf(word.Sign, word);
    }

    /// <summary>left &lt; right, unsigned; n.</summary>
    public Bit LessUnsigned(Word left, Word right)
    {
        RequireSameWidth(left, right);
        var borrow = Bit.Zero;
        for (var i = 0; i < left.Width; i++) borrow = Majority(!left[i], right[i], borrow);
        return borrow;
    }

    /// <summary>left &lt; right, signed; n.</summary>
    public Bit LessSigned(Word left, Word right) => LessUnsigned(WithSignInverted(left), WithSignInverted(right));

    /// <summary>Whether all bits agree; n - 1.</summary>
    public Bit AreEqual(Word left, Word right) => !Any(Xor(left, right));

    /// <summary>The sign of a signed word; free.</summary>
    public Bit IsNegative(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Sign;
    }

    /// <summary>Whether any bit is 1; n - 1, of depth log2 n.</summary>
    public Bit Any(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        Bit[] bits = [.. word.Bits];
        for (var count = bits.Length; count > 1; count = (count + 1) / 2)
            for (var i = 0; i < count / 2; i++)
            {
                bits[i] = Or(bits[i], bits[count - 1 - i]);
            }
        return bits[0];
    }

    /// <summary>The smaller of two signed words; 2n.</summary>
    public Word Min(Word left, Word right) => Select(LessSigned(right, left), right, left);

    /// <summary>The larger of two signed words; 2n.</summary>
    public Word Max(Word left, Word right) => Select(LessSigned(left, right), right, left);

    /// <summary>The signed word if it is positive, else 0; n - 1.</summary>
    public Word Relu(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return And(!word.Sign, word.Slice(0, Math.Max(1, word.Width - 1))).ToUnsigned(word.Width);
    }

    /// <summary>
    /// The signed word moved into the public interval [<paramref name="lower"/>, <paramref name="upper"/>]; at most 3n + 1, fewer where bounds end in zeros or have one sign.
    /// </summary>
    public Word Clip(Word word, long lower, long upper)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lower, upper);
        Word low = PublicSigned(lower, word.Width, nameof(lower)), high = PublicSigned(upper, word.Width, nameof(upper));
        Bit below = LessSigned(word, low), above = LessSigned(high, word);
        var inside = And(!below, !above);
        // One of three, so that exclusive or adds them: only the word itself costs.
        return Word.Build(word.Width, i => Xor(And(inside, word[i]), Xor(And(below, low[i]), And(above, high[i]))));
    }

    /// <summary>The carry of three bits, at least two of which are 1; one conjunction.</summary>
    private Bit Majority(Bit a, Bit b, Bit carry) => Xor(carry, And(Xor(a, carry), Xor(b, carry)));

    private static Word WithSignInverted(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Word.Build(word.Width, i => i == word.Width - 1 ? !word[i] : word[i]);
    }

    private static Word PublicSigned(long value, int width, string name)
    {
        if (width < 64 && (value >= 1L << (width - 1) || value < -(1L << (width - 1))))
            throw new ArgumentOutOfRangeException(name, $"{value} is no signed number of {width} bits.");
        return Word.Constant(value, width);
    }

    private static Word Combine(Word left, Word right, Func<Bit, Bit, Bit> combine)
    {
        RequireSameWidth(left, right);
        return Word.Build(left.Width, i => combine(left[i], right[i]));
    }

    private static void RequireSameWidth(Word left, Word right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Width != right.Width) throw new ArgumentException($"Words of equal width expected, {left.Width} and {right.Width} bits given.", nameof(right));
    }
}
