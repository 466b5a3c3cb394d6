using System.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>Moduli and operands that have gone wrong in such code, and random ones.</summary>
internal static class EngineNumbers
{
    /// <summary>
    /// Bits of moduli: around words, of keys, and 137, 244, 902, 953 and 1024 for which the room above the modulus is the least, in one engine or another.
    /// </summary>
    public static readonly int[] Sizes = [64, 65, 127, 137, 244, 512, 902, 953, 1023, 1024, 1025, 1536, 2047, 2048, 3071, 3072, 4096, 6144];

    public static BigInteger Random(SeededRandom random, int bits)
    {
        var words = new ulong[(bits + 63) / 64];
        foreach (ref var word in words.AsSpan()) word = random.NextUInt64();
        return EngineCalculator.Number(words) >> ((64 * words.Length) - bits);
    }

    /// <summary>Random; all ones; two bits; a lowest word of 1; a lowest word of ones.</summary>
    public static IEnumerable<BigInteger> Moduli(int bits)
    {
        var random = new SeededRandom(1, (ulong)bits);
        var (top, low) = (BigInteger.One << (bits - 1), BigInteger.One << Math.Min(64, bits / 2));
        var any = Random(random, bits) | top;
        yield return any | 1;
        yield return (BigInteger.One << bits) - 1;
        yield return top + 1;
        yield return (any / low * low) + 1;
        yield return (any / low * low) + low - 1;
    }

    /// <summary>The same numbers plain and so that their Montgomery forms are them.</summary>
    public static BigInteger[] Operands(EngineCalculator calculator)
    {
        var (n, squared) = (calculator.Modulus, calculator.Squared);
        var bits = (int)n.GetBitLength();
        var random = new SeededRandom(2, (ulong)bits);
        var special = new List<BigInteger> { 0, 1, 2, n - 1, n, n + 1, squared - 1, squared - n, squared - n - 1, squared - n + 1 };
        foreach (var shift in new[] { 25, 26, 50, 51, 52, 56, 57, 63, 64, 102, 104, bits - 1, bits, (2 * bits) - 2 })
            special.Add((BigInteger.One << shift) % squared);
        foreach (var ones in new[] { 51, 52, 57, 64, bits - 1, bits, 2 * bits })
            special.Add(((BigInteger.One << ones) - 1) % squared);
        var inverse = calculator.InverseRadix;
        return
        [
            .. special, .. special.Select(x => x * inverse % squared),
            .. Enumerable.Range(0, 6).Select(_ => Random(random, 2 * bits) % squared),
        ];
    }
}
