using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>Integers in [0, n) for one Paillier modulus n, as little-endian 64-bit words, a fixed number of words each.</summary>
public sealed class Plaintexts
{
    private readonly ulong[] _words;

    /// <summary>So many zeros.</summary>
    /// <param name="count">How many; 0 or more.</param>
    /// <param name="wordsEach">Words of n.</param>
    public Plaintexts(int count, int wordsEach)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(wordsEach, 1);
        (Count, WordsEach, _words) = (count, wordsEach, new ulong[(long)count * wordsEach]);
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Words of each.</summary>
    public int WordsEach { get; }

    /// <summary>All words, one number after the other.</summary>
    public Span<ulong> Words => _words;

    /// <summary>The words of one number.</summary>
    public Span<ulong> this[int index] => _words.AsSpan(index * WordsEach, WordsEach);

    /// <summary>A copy of the first of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than there are.</exception>
    public Plaintexts Head(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        var head = new Plaintexts(count, WordsEach);
        _words.AsSpan(0, count * WordsEach).CopyTo(head._words);
        return head;
    }

    /// <summary>Signed integers; a negative one v becomes n - |v|.</summary>
    public static Plaintexts FromInt64(PaillierPublicKey key, ReadOnlySpan<long> values)
    {
        ArgumentNullException.ThrowIfNull(key);
        var result = new Plaintexts(values.Length, key.Words);
        for (var i = 0; i < values.Length; i++)
        {
            var number = result[i];
            number[0] = (ulong)Int128.Abs(values[i]);
            if (values[i] < 0) LittleWords.Negate(number, key.Modulus);
        }
        return result;
    }

    /// <summary>Signed integers of any size; a negative one v becomes n - |v|.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An absolute value above (n-1)/2.</exception>
    public static Plaintexts FromBigIntegers(PaillierPublicKey key, IReadOnlyList<BigInteger> values)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(values);
        var result = new Plaintexts(values.Count, key.Words);
        var n = LittleWords.ToBigInteger(key.Modulus);
        for (var i = 0; i < values.Count; i++)
        {
            if (2 * BigInteger.Abs(values[i]) >= n) throw new ArgumentOutOfRangeException(nameof(values), $"Plaintext {i} is beyond half of the modulus.");
            LittleWords.FromBigInteger(values[i] < 0 ? values[i] + n : values[i], result[i]);
        }
        return result;
    }

    /// <summary>One number, as a signed integer: above n/2 it stands for itself less n.</summary>
    public BigInteger ToBigInteger(PaillierPublicKey key, int index)
    {
        ArgumentNullException.ThrowIfNull(key);
        var (value, n) = (LittleWords.ToBigInteger(this[index]), LittleWords.ToBigInteger(key.Modulus));
        return 2 * value > n ? value - n : value;
    }

    /// <summary>All numbers as signed 64-bit integers.</summary>
    /// <exception cref="OverflowException">One does not fit.</exception>
    public long[] ToInt64s(PaillierPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var result = new long[Count];
        Span<ulong> negated = stackalloc ulong[WordsEach];
        for (var i = 0; i < Count; i++)
        {
            this[i].CopyTo(negated);
            LittleWords.Negate(negated, key.Modulus);
            result[i] = IsAtMost(this[i], long.MaxValue) ? (long)this[i][0] : IsAtMost(negated, 1UL << 63) ? unchecked((long)(0 - negated[0])) : throw new OverflowException($"Plaintext {i} does not fit into 64 bits.");
        }
        return result;
    }

    private static bool IsAtMost(ReadOnlySpan<ulong> number, ulong limit) => number[0] <= limit && !number[1..].ContainsAnyExcept(0UL);
}
