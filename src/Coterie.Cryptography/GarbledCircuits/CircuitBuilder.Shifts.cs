using System.Numerics;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Shifts by hidden counts, in stages of a power of two each.</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>word times 2^count modulo 2^n, for an unsigned count; n for each of its bits. Counts of n and more give 0.</summary>
    public Word ShiftLeft(Word word, Word count)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(count);
        for (var stage = 0; stage < count.Width; stage++)
            word = Select(count[stage], word.ShiftLeft(Distance(stage, word.Width)), word);
        return word;
    }

    /// <summary>word divided by 2^count, rounded down, unsigned; n for each bit of count.</summary>
    public Word ShiftRight(Word word, Word count)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(count);
        for (var stage = 0; stage < count.Width; stage++)
            word = Select(count[stage], word.ShiftRight(Distance(stage, word.Width)), word);
        return word;
    }

    /// <summary>word divided by 2^count, rounded down, signed; n - 1 for each bit of count.</summary>
    public Word ShiftRightSigned(Word word, Word count)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(count);
        for (var stage = 0; stage < count.Width; stage++)
            word = Select(count[stage], word.ShiftRightSigned(Distance(stage, word.Width)), word);
        return word;
    }

    /// <summary>
    /// An unsigned word moved up until its highest bit is 1, and by how many places: its leading zeros, ceil(log2 n) bits. About n (1 + log2 n) if everything is used.
    /// The word 0 stays 0; its count is all ones.
    /// </summary>
    public (Word Mantissa, Word LeadingZeros) Normalize(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        var stages = word.Width == 1 ? 1 : BitOperations.Log2((uint)word.Width - 1) + 1;
        var count = new Bit[stages];
        for (var stage = stages - 1; stage >= 0; stage--)
        {
            var distance = Distance(stage, word.Width);
            count[stage] = !Any(word.Slice(word.Width - distance, distance));
            word = Select(count[stage], word.ShiftLeft(distance), word);
        }
        return (word, new Word([.. count]));
    }

    private static int Distance(int stage, int width) => stage >= 31 ? width : Math.Min(1 << stage, width);
}
