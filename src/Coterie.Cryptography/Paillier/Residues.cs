using System.Runtime.InteropServices;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Arithmetic modulo n on plaintexts that may be secret: masks uniform in Z_n, and sums of products of them. No branch and no address depends on a
/// number, only on lengths.
/// </summary>
public static class Residues
{
    /// <summary>So many numbers, each within 2^-128 of uniform below n.</summary>
    public static Plaintexts Uniform(PaillierPublicKey key, int count, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        var (engine, words) = (key.Engine, key.Words + 2);
        var result = new Plaintexts(count, key.Words);
        var (wide, narrow, single) = (new ulong[words * engine.Lanes], new ulong[key.Words * engine.Lanes], new ulong[engine.SingleLength]);
        for (var i = 0; i < count; i += engine.Lanes)
        {
            random.Fill(MemoryMarshal.AsBytes(wide.AsSpan()));
            engine.LoadSingles(wide, words, single);
            engine.StoreSingles(single, narrow);
            var taken = Math.Min(engine.Lanes, count - i) * key.Words;
            narrow.AsSpan(0, taken).CopyTo(result.Words[(i * key.Words)..]);
        }
        foreach (var secret in new[] { wide, narrow, single }) LittleWords.Zero(secret);
        return result;
    }

    /// <summary>Numbers of at most <paramref name="bits"/> random bits, less 2^(bits - 1): uniform in [-2^(bits-1), 2^(bits-1)) modulo n. Zeros for 0 bits.</summary>
    public static Plaintexts Centred(PaillierPublicKey key, int count, int bits, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        if (bits < 0 || bits > key.Bits - 2) throw new ArgumentOutOfRangeException(nameof(bits), bits, $"A key of {key.Bits} bits holds noise of 0 to {key.Bits - 2} bits.");
        var (noise, offset) = (new Plaintexts(count, key.Words), new Plaintexts(count, key.Words));
        if (bits == 0) return noise;
        random.Fill(MemoryMarshal.AsBytes(noise.Words));
        for (var i = 0; i < count; i++)
        {
            for (var w = 0; w < key.Words; w++)
            {
                var kept = Math.Clamp(bits - (64 * w), 0, 64);
                noise[i][w] = kept == 64 ? noise[i][w] : noise[i][w] & ((1UL << kept) - 1);
            }
            offset[i][(bits - 1) >> 6] = 1UL << ((bits - 1) & 63);
        }
        return Add(key, noise, Negate(key, offset));
    }

    /// <summary>x + y, entry by entry.</summary>
    /// <exception cref="ArgumentException">Other lengths, or a number that is not below n.</exception>
    public static Plaintexts Add(PaillierPublicKey key, Plaintexts x, Plaintexts y)
    {
        Check(key, x, y);
        var result = new Plaintexts(x.Count, key.Words);
        var sum = new ulong[key.Words];
        for (var i = 0; i < x.Count; i++)
        {
            var carry = 0UL;
            for (var w = 0; w < key.Words; w++)
            {
                var total = (UInt128)x[i][w] + y[i][w] + carry;
                (sum[w], carry) = (unchecked((ulong)total), (ulong)(total >> 64));
            }
            LittleWords.SubtractOnce(sum, carry, key.Modulus, result[i]);
        }
        LittleWords.Zero(sum);
        return result;
    }

    /// <summary>-x, entry by entry.</summary>
    public static Plaintexts Negate(PaillierPublicKey key, Plaintexts x)
    {
        Check(key, x, x);
        var result = x.Head(x.Count);
        for (var i = 0; i < result.Count; i++) LittleWords.Negate(result[i], key.Modulus);
        return result;
    }

    /// <summary>The sum over i of x_i y_i: one number.</summary>
    /// <exception cref="ArgumentException">Other lengths, or a number that is not below n.</exception>
    public static Plaintexts Dot(PaillierPublicKey key, Plaintexts x, Plaintexts y)
    {
        Check(key, x, y);
        var (engine, words) = (key.Engine, key.Words);
        var (left, right, sum, numbers) = (new ulong[engine.PairLength], new ulong[engine.PairLength], new ulong[engine.PairLength], new ulong[words * engine.Lanes]);
        for (var i = 0; i < x.Count; i += engine.Lanes)
        {
            Load(engine, x, i, numbers, left);
            Load(engine, y, i, numbers, right);
            MultiplyAdd(engine, left, right, sum);
        }
        engine.StoreSingles(sum, numbers);
        var result = new Plaintexts(1, words);
        for (var lane = 0; lane < engine.Lanes; lane++)
        {
            var part = new Plaintexts(1, words);
            numbers.AsSpan(lane * words, words).CopyTo(part.Words);
            result = Add(key, result, part);
        }
        foreach (var secret in new[] { left, right, sum, numbers }) LittleWords.Zero(secret);
        return result;
    }

    /// <summary>A'x for a matrix A of small signed integers: entry j is the sum over i of a_ij x_i.</summary>
    /// <param name="key">Whose n.</param>
    /// <param name="matrix">A: rows x columns, row by row.</param>
    /// <param name="columns">Columns of A.</param>
    /// <param name="x">As many numbers as A has rows.</param>
    /// <exception cref="ArgumentException">Lengths that do not fit, or a number that is not below n.</exception>
    public static Plaintexts TransposeTimes(PaillierPublicKey key, ReadOnlySpan<long> matrix, int columns, Plaintexts x)
    {
        Check(key, x, x);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (matrix.Length != (long)columns * x.Count) throw new ArgumentException($"{matrix.Length} entries; {x.Count} x {columns} expected.", nameof(matrix));
        var (engine, words) = (key.Engine, key.Words);
        var (left, right, sum, numbers) = (new ulong[engine.PairLength], new ulong[engine.PairLength], new ulong[engine.PairLength], new ulong[words * engine.Lanes]);
        var result = new Plaintexts(columns, words);
        for (var first = 0; first < columns; first += engine.Lanes)
        {
            LittleWords.Zero(sum);
            for (var row = 0; row < x.Count; row++)
            {
                for (var lane = 0; lane < engine.Lanes; lane++) x[row].CopyTo(numbers.AsSpan(lane * words));
                engine.LoadSingles(numbers, words, left);
                LittleWords.Zero(numbers);
                for (var lane = 0; lane < engine.Lanes && first + lane < columns; lane++)
                    LoadSigned(matrix[(row * columns) + first + lane], key.Modulus, numbers.AsSpan(lane * words, words));
                engine.LoadSingles(numbers, words, right);
                MultiplyAdd(engine, left, right, sum);
            }
            engine.StoreSingles(sum, numbers);
            numbers.AsSpan(0, Math.Min(engine.Lanes, columns - first) * words).CopyTo(result.Words[(first * words)..]);
        }
        foreach (var secret in new[] { left, right, sum, numbers }) LittleWords.Zero(secret);
        return result;
    }

    /// <summary>sum += left right, brought back below 2n.</summary>
    internal static void MultiplyAdd(ModularEngine engine, Span<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> sum)
    {
        engine.MultiplySingles(left, right, left);
        engine.AddSingles(sum, left, sum);
        engine.MultiplySingles(sum, engine.One, sum);
    }

    private static void Load(ModularEngine engine, Plaintexts x, int first, Span<ulong> numbers, Span<ulong> singles)
    {
        numbers.Clear();
        var taken = Math.Min(engine.Lanes, x.Count - first) * x.WordsEach;
        x.Words.Slice(first * x.WordsEach, taken).CopyTo(numbers);
        engine.LoadSingles(numbers, x.WordsEach, singles);
    }

    /// <summary>A signed number modulo n, where only zeros are, without asking for its sign.</summary>
    private static void LoadSigned(long value, ReadOnlySpan<ulong> modulus, Span<ulong> number)
    {
        var sign = value >> 63;
        number[0] = unchecked((ulong)((value ^ sign) - sign));
        Span<ulong> negative = stackalloc ulong[number.Length];
        number.CopyTo(negative);
        LittleWords.Negate(negative, modulus);
        for (var w = 0; w < number.Length; w++) number[w] = (number[w] & unchecked((ulong)~sign)) | (negative[w] & unchecked((ulong)sign));
        LittleWords.Zero(negative);
    }

    private static void Check(PaillierPublicKey key, Plaintexts x, Plaintexts y)
    {
        ArgumentNullException.ThrowIfNull(key);
        key.Check(x);
        key.Check(y);
        if (x.Count != y.Count) throw new ArgumentException($"{x.Count} numbers and {y.Count}.", nameof(y));
    }
}
