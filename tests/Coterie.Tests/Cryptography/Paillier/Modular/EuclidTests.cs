using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class EuclidTests
{
    /// <summary>One word, highest words with few bits and with all, and keys'.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1000)]
    [InlineData(2048)]
    public void TryInvert_RandomAndEdgeNumbers_AgreesWithBigInteger(int bits)
    {
        var random = new SeededRandom(3, (ulong)bits);
        for (var round = 0; round < 40; round++)
        {
            var n = EngineNumbers.Random(random, bits) | 1 | (BigInteger.One << (bits - 1));
            var any = EngineNumbers.Random(random, bits) % n;
            // A short number asks for a long quotient, neighbours of n and of fractions of it for long ones later; multiples of 3 are units or not.
            BigInteger[] numbers = [0, 1, 2 % n, n - 1, n / 2, (n / 2) + 1, n / 3, any, any / (1UL << 40), n - (any / (1UL << 40)), any / 3 * 3, BigInteger.GreatestCommonDivisor(any, n)];
            foreach (var x in numbers) AssertAgrees(x, n);
        }
    }

    /// <summary>Quotients of 1 throughout: as many steps as there can be.</summary>
    [Fact]
    public void TryInvert_FibonacciNumbers_AgreesWithBigInteger()
    {
        var (x, n) = (BigInteger.One, BigInteger.One);
        for (var i = 0; i < 1500; i++)
        {
            (x, n) = (n, x + n);
            if (!n.IsEven) AssertAgrees(x, n);
        }
    }

    /// <summary>Every pair of small numbers.</summary>
    [Fact]
    public void TryInvert_SmallNumbers_AgreesWithBigInteger()
    {
        for (var n = 3; n < 60; n += 2)
            for (var x = 0; x < n; x++) AssertAgrees(x, n);
    }

    /// <summary>Numbers made of quotients of around as many bits as a matrix takes, and of more.</summary>
    [Theory]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(62)]
    [InlineData(64)]
    [InlineData(90)]
    public void TryInvert_LongQuotients_AgreesWithBigInteger(int bits)
    {
        var random = new SeededRandom(4, (ulong)bits);
        foreach (var first in new[] { 1, 3 * 7 })
        {
            for (var round = 0; round < 20; round++)
            {
                var (x, n) = (BigInteger.Zero, new BigInteger(first));
                while (n.GetBitLength() < 1000) (x, n) = (n, x + (n * ((EngineNumbers.Random(random, bits) | (BigInteger.One << (bits - 1))) + random.NextInt32(2))));
                if (n.IsEven) (x, n) = (n, n + x);
                if (!n.IsEven) AssertAgrees(x, n);
            }
        }
    }

    private static void AssertAgrees(BigInteger x, BigInteger n)
    {
        var words = (int)((n.GetBitLength() + 63) / 64);
        var inverse = new ulong[words];
        var isUnit = BigInteger.GreatestCommonDivisor(x, n).IsOne;
        Assert.Equal(isUnit, Euclid.TryInvert(Words(x, words), Words(n, words), inverse));
        Assert.Equal(isUnit, Euclid.TryInvert(Words(x, words), Words(n, words), []));
        if (!isUnit) return;
        Assert.True(Integer(inverse) < n);
        Assert.Equal(BigInteger.One % n, Integer(inverse) * x % n);
    }
}
