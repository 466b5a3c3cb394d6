using System.Numerics;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>Inverses modulo n^2 of many numbers that are no secrets: three products each, and one extended Euclidean algorithm in all (Montgomery's trick).</summary>
internal static class Inverses
{
    /// <summary>Inverts every lane of every block in place.</summary>
    /// <exception cref="ArgumentException">A number that has no inverse.</exception>
    public static void Invert(ModularEngine engine, Span<ulong> blocks)
    {
        var length = engine.PairLength;
        var count = blocks.Length / length;
        // prefixes[i]: product of the blocks before i
        var prefixes = new ulong[(count + 1) * length];
        engine.One.CopyTo(prefixes);
        for (var i = 0; i < count; i++) engine.MultiplyPairs(prefixes.AsSpan(i * length, length), blocks.Slice(i * length, length), prefixes.AsSpan((i + 1) * length, length));
        var inverse = InvertLanes(engine, prefixes.AsSpan(count * length, length));
        for (var i = count - 1; i >= 0; i--)
        {
            var block = blocks.Slice(i * length, length);
            var kept = block.ToArray();
            engine.MultiplyPairs(inverse, prefixes.AsSpan(i * length, length), block);
            engine.MultiplyPairs(inverse, kept, inverse);
        }
    }

    /// <summary>Whether all numbers are coprime to n.</summary>
    public static bool AreInvertible(ModularEngine engine, ReadOnlySpan<ulong> blocks)
    {
        var length = engine.PairLength;
        var product = engine.One.ToArray();
        for (var i = 0; i < blocks.Length / length; i++) engine.MultiplySingles(product, blocks.Slice(i * length, length), product);
        var numbers = new ulong[engine.Words * engine.Lanes];
        engine.StoreSingles(product, numbers);
        var n = LittleWords.ToBigInteger(engine.Modulus);
        // One divisor of all lanes' product is found by a single run of the algorithm.
        var whole = BigInteger.One;
        for (var lane = 0; lane < engine.Lanes; lane++) whole = whole * LittleWords.ToBigInteger(numbers.AsSpan(lane * engine.Words, engine.Words)) % n;
        return BigInteger.GreatestCommonDivisor(whole, n).IsOne;
    }

    /// <summary>The inverse of every lane: of u modulo n, and from that modulo n^2, y (2 - x y) for y = 1/u.</summary>
    private static ulong[] InvertLanes(ModularEngine engine, ReadOnlySpan<ulong> pairs)
    {
        var (words, lanes) = (engine.Words, engine.Lanes);
        var numbers = new ulong[words * lanes];
        engine.StoreSingles(pairs, numbers);
        var n = LittleWords.ToBigInteger(engine.Modulus);
        // The same trick over the lanes, for a single run of the algorithm.
        var values = new BigInteger[lanes];
        var prefixes = new BigInteger[lanes + 1];
        prefixes[0] = BigInteger.One;
        for (var lane = 0; lane < lanes; lane++)
        {
            values[lane] = LittleWords.ToBigInteger(numbers.AsSpan(lane * words, words));
            prefixes[lane + 1] = prefixes[lane] * values[lane] % n;
        }
        var inverse = Invert(prefixes[lanes], n);
        for (var lane = lanes - 1; lane >= 0; lane--)
        {
            LittleWords.FromBigInteger(inverse * prefixes[lane] % n, numbers.AsSpan(lane * words, words));
            inverse = inverse * values[lane] % n;
        }
        var (y, product) = (new ulong[engine.PairLength], new ulong[engine.PairLength]);
        engine.LoadPairs(numbers, words, y);
        engine.MultiplyPairs(pairs, y, product);
        // 2 - x y = 1 - (x y - 1), brought back below 2n in between
        engine.SubtractPairs(product, engine.One, product);
        engine.MultiplyPairs(product, engine.One, product);
        engine.SubtractPairs(engine.One, product, product);
        engine.MultiplyPairs(y, product, y);
        return y;
    }

    /// <summary>
    /// The extended Euclidean algorithm with quotients found out from leading bits, and applied to the numbers some thirty bits' worth at a time (Lehmer; Knuth,
    /// "The Art of Computer Programming", volume 2, section 4.5.2, algorithm L).
    /// </summary>
    private static BigInteger Invert(BigInteger x, BigInteger n)
    {
        var (r0, r1, t0, t1) = (n, x, BigInteger.Zero, BigInteger.One);
        while (!r1.IsZero)
        {
            var (a, b, c, d) = Quotients(r0, r1);
            if (b == 0)
            {
                var (quotient, rest) = BigInteger.DivRem(r0, r1);
                (r0, r1, t0, t1) = (r1, rest, t1, t0 - (quotient * t1));
            }
            else (r0, r1, t0, t1) = ((a * r0) + (b * r1), (c * r0) + (d * r1), (a * t0) + (b * t1), (c * t0) + (d * t1));
        }
        if (!r0.IsOne) throw new ArgumentException("A number shares a factor with the modulus.", nameof(x));
        return t0.Sign < 0 ? t0 + n : t0;
    }

    /// <summary>Several steps as one matrix: those whose quotients the leading bits settle. b = 0: none.</summary>
    private static (long A, long B, long C, long D) Quotients(BigInteger r0, BigInteger r1)
    {
        const int Leading = 62;
        var shift = (int)Math.Max(0, r0.GetBitLength() - Leading);
        var (x, y) = ((long)(r0 >> shift), (long)(r1 >> shift));
        var (a, b, c, d) = (1L, 0L, 0L, 1L);
        while (shift > 0 && y + c != 0 && y + d != 0)
        {
            var quotient = (x + a) / (y + c);
            if (quotient != (x + b) / (y + d)) break;
            (a, c) = (c, a - (quotient * c));
            (b, d) = (d, b - (quotient * d));
            (x, y) = (y, x - (quotient * y));
        }
        return (a, b, c, d);
    }
}
