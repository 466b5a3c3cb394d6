using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class LittleWordsTests
{
    private static readonly BigInteger[] Special =
        [0, 1, ulong.MaxValue, BigInteger.One << 64, (BigInteger.One << 128) - 1, BigInteger.One << 128, (BigInteger.One << 192) - 1, (BigInteger.One << 192) - 2, BigInteger.One << 191];

    private static IEnumerable<BigInteger> Numbers
    {
        get
        {
            var random = new SeededRandom(5);
            return Special.Concat(Enumerable.Range(0, 20).Select(_ => EngineNumbers.Random(random, 192)));
        }
    }

    [Fact]
    public void SubtractOnce_OfAllPairs_SubtractsWhereItCan()
    {
        foreach (var (x, y) in Numbers.SelectMany(_ => Numbers, (x, y) => (x, y)))
        {
            foreach (var above in new[] { 0UL, 1UL })
            {
                var number = EngineCalculator.Words(x, 3);
                var taken = LittleWords.SubtractOnce(number, above, EngineCalculator.Words(y, 3), number);
                Assert.Equal(above == 1 || x >= y ? 1UL : 0UL, taken);
                Assert.Equal(EngineCalculator.Mod(taken == 1 ? x - y : x, BigInteger.One << 192), EngineCalculator.Number(number));
            }
        }
    }

    [Fact]
    public void Double_OfEachNumber_GivesTheBitAbove()
    {
        foreach (var x in Numbers)
        {
            foreach (var carry in new[] { 0UL, 1UL })
            {
                var number = EngineCalculator.Words(x, 3);
                var above = LittleWords.Double(number, carry);
                Assert.Equal((2 * x) + carry, EngineCalculator.Number(number) + ((BigInteger)above << 192));
            }
        }
    }

    [Fact]
    public void Add_OfASmallNumber_CarriesThrough()
    {
        foreach (var x in Numbers)
        {
            foreach (var small in new[] { 0UL, 1UL, 2UL, ulong.MaxValue })
            {
                var number = EngineCalculator.Words(x, 3);
                var carry = LittleWords.Add(number, small);
                Assert.Equal(x + small, EngineCalculator.Number(number) + ((BigInteger)carry << 192));
            }
        }
    }

    [Fact]
    public void MultiplyAdd_OfAllPairs_IsExact()
    {
        foreach (var (x, y) in Numbers.SelectMany(_ => Numbers, (x, y) => (x, y)))
        {
            foreach (var addend in new[] { BigInteger.Zero, BigInteger.One, (BigInteger.One << 192) - 1 })
            {
                var shorter = y >> 64;
                ulong[] target = [8, 8, 8, 8, 8];
                LittleWords.MultiplyAdd(EngineCalculator.Words(x, 3), EngineCalculator.Words(shorter, 2), EngineCalculator.Words(addend, 3), target);
                Assert.Equal(EngineCalculator.Mod((x * shorter) + addend, BigInteger.One << 320), EngineCalculator.Number(target));
            }
        }
    }

    [Fact]
    public void NegatedInverse_OfOddNumbers_TimesThemIsMinusOne()
    {
        var random = new SeededRandom(6);
        foreach (var odd in new ulong[] { 1, 3, 5, 7, ulong.MaxValue, (1UL << 63) | 1 }.Concat(Enumerable.Range(0, 100).Select(_ => random.NextUInt64() | 1)))
            Assert.Equal(ulong.MaxValue, unchecked(odd * LittleWords.NegatedInverse(odd)));
    }

    [Fact]
    public void PowerOfTwo_OfEachExponent_IsThePowerModuloTheSquare()
    {
        foreach (var n in new BigInteger[] { 3, 7 }.Concat(new[] { 64, 65, 137 }.SelectMany(EngineNumbers.Moduli)))
        {
            var words = (int)((n.GetBitLength() + 63) / 64);
            foreach (var exponent in new[] { 0, 1, 63, 64, 200, 1000 })
            {
                ulong[] u = [.. Enumerable.Repeat(8UL, words)], v = [.. u];
                LittleWords.PowerOfTwo(exponent, EngineCalculator.Words(n, words), u, v);
                var power = BigInteger.ModPow(2, exponent, n * n);
                Assert.Equal((power % n, power / n), (EngineCalculator.Number(u), EngineCalculator.Number(v)));
            }
        }
    }

    [Fact]
    public void Bits_AtEachOffset_AreThoseOfTheNumber()
    {
        var random = new SeededRandom(7);
        var x = EngineNumbers.Random(random, 192);
        foreach (var count in new[] { 1, 51, 52, 59, 63 })
        {
            for (var offset = 0; offset < 260; offset++)
                Assert.Equal((x >> offset) & ((BigInteger.One << count) - 1), LittleWords.Bits(EngineCalculator.Words(x, 3), offset, count));
        }
    }

    [Fact]
    public void NegateAndIsBelow_OfAllPairs_AreThoseOfBigInteger()
    {
        foreach (var (x, n) in Numbers.SelectMany(_ => Numbers, (x, y) => (x, y)))
        {
            var words = EngineCalculator.Words(x, 3);
            Assert.Equal(x < n, LittleWords.IsBelow(words, EngineCalculator.Words(n, 3)));
            if (x >= n) continue;
            LittleWords.Negate(words, EngineCalculator.Words(n, 3));
            Assert.Equal(x.IsZero ? 0 : n - x, EngineCalculator.Number(words));
        }
    }

    /// <summary>Up to the highest bit, which is no sign.</summary>
    [Fact]
    public void BigIntegers_OfAllNumbers_AreTheWordsAndBack()
    {
        foreach (var x in Numbers)
        {
            ulong[] words = [8, 8, 8, 8];
            LittleWords.FromBigInteger(x, words);
            Assert.Equal([.. EngineCalculator.Words(x, 3), 0], words);
            LittleWords.FromBigInteger(x, words.AsSpan(0, 3));
            Assert.Equal(x, LittleWords.ToBigInteger(words.AsSpan(0, 3)));
        }
    }

    [Fact]
    public void FromBigInteger_ANegativeNumberOrOneOfMoreWords_IsRefused()
    {
        foreach (var value in new[] { -1, -(BigInteger.One << 200), BigInteger.One << 192 })
            Assert.Contains("negative or has too many words", Assert.Throws<ArgumentOutOfRangeException>("value", () => LittleWords.FromBigInteger(value, new ulong[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_OfWords_LeavesNone()
    {
        ulong[] words = [1, 2, 3];
        LittleWords.Zero(words);
        Assert.All(words, word => Assert.Equal(0UL, word));
    }
}
