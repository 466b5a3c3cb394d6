using System.Collections.Immutable;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>A number inside a circuit: bits from the lowest up; whether the highest counts as a sign (two's complement) is the operation's business. Re-arranging bits costs nothing.</summary>
public sealed class Word
{
    /// <summary>A word of the given bits, lowest first.</summary>
    public Word(ImmutableArray<Bit> bits)
    {
        if (bits.IsDefaultOrEmpty) throw new ArgumentException("A word has at least one bit.", nameof(bits));
        Bits = bits;
    }

    /// <summary>The bits, lowest first.</summary>
    public ImmutableArray<Bit> Bits { get; }

    /// <summary>How many bits.</summary>
    public int Width => Bits.Length;

    /// <summary>The highest bit.</summary>
    public Bit Sign => Bits[^1];

    /// <summary>Bit <paramref name="index"/>, 0 the lowest.</summary>
    public Bit this[int index] => Bits[index];

    /// <summary>The <paramref name="width"/> low bits of a public number's two's complement.</summary>
    public static Word Constant(Int128 value, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return Build(width, i => Bit.Constant(((value >> Math.Min(i, 127)) & 1) != 0));
    }

    /// <summary>Bits <paramref name="start"/> to <paramref name="start"/> + <paramref name="width"/> - 1.</summary>
    public Word Slice(int start, int width) => new(Bits.Slice(start, width));

    /// <summary>The low <paramref name="width"/> bits, or all and copies of the highest: the same signed number where it fits.</summary>
    public Word ToSigned(int width) => Build(width, i => Bits[Math.Min(i, Width - 1)]);

    /// <summary>The low <paramref name="width"/> bits, or all and zeros: the same unsigned number where it fits.</summary>
    public Word ToUnsigned(int width) => Build(width, i => i < Width ? Bits[i] : Bit.Zero);

    /// <summary>This word with <paramref name="high"/> above its highest bit.</summary>
    public Word Below(Word high)
    {
        ArgumentNullException.ThrowIfNull(high);
        return new(Bits.AddRange(high.Bits));
    }

    /// <summary>Times 2^<paramref name="count"/>, modulo 2^<see cref="Width"/>.</summary>
    public Word ShiftLeft(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Build(Width, i => i < count ? Bit.Zero : Bits[i - count]);
    }

    /// <summary>Divided by 2^<paramref name="count"/>, rounded down, unsigned.</summary>
    public Word ShiftRight(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Build(Width, i => (long)i + count < Width ? Bits[i + count] : Bit.Zero);
    }

    /// <summary>Divided by 2^<paramref name="count"/>, rounded down, signed.</summary>
    public Word ShiftRightSigned(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Build(Width, i => Bits[(int)Math.Min((long)i + count, Width - 1)]);
    }

    /// <summary>Every bit inverted: -1 - x.</summary>
    public static Word operator ~(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Build(word.Width, i => !word.Bits[i]);
    }

    /// <summary>A word whose bit i is <paramref name="bit"/>(i).</summary>
    internal static Word Build(int width, Func<int, Bit> bit)
    {
        var bits = ImmutableArray.CreateBuilder<Bit>(width);
        for (var i = 0; i < width; i++) bits.Add(bit(i));
        return new Word(bits.MoveToImmutable());
    }
}
