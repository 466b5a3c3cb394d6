using System.Numerics;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class SecretIntegersTests
{
    [Fact]
    public void TryInvert_EveryPairOfSmallNumbers_FindsTheInverseExactlyWhereThereIsOne()
    {
        for (var m = 3; m < 80; m += 2)
        {
            for (var x = 0; x < 100; x++)
            {
                var inverse = new ulong[1];
                var exists = BigInteger.GreatestCommonDivisor(x, m).IsOne;
                Assert.Equal(exists, SecretIntegers.TryInvert([(ulong)x], [(ulong)m], inverse));
                if (exists) Assert.Equal(1, (x * (int)inverse[0]) % m);
            }
        }
    }

    [Fact]
    public void TryInvert_LongNumbers_FindsTheInverseBelowTheModulus()
    {
        foreach (var m in new[] { BigInteger.Pow(2, 256) - 1, BigInteger.Pow(2, 255) + 95, (BigInteger.One << 200) + 1, Random(BigInteger.One << 256) | 1 })
        {
            foreach (var x in new[] { BigInteger.One, m - 1, m - 2, BigInteger.Pow(2, 256) - 3, BigInteger.One << 255, Random(m), Random(m), Random(m) })
            {
                var inverse = new ulong[4];
                var exists = BigInteger.GreatestCommonDivisor(x, m).IsOne;
                Assert.Equal(exists, SecretIntegers.TryInvert(Words(x, 4), Words(m, 4), inverse));
                if (exists) Assert.Equal(Inverse(x, m), Integer(inverse));
            }
        }
    }

    /// <summary>Common divisors that have a lowest word of 1, and whose words cancel: whether one is left is asked of all words.</summary>
    [Fact]
    public void TryInvert_ADivisorOfMoreThanAWord_FindsNone()
    {
        foreach (var divisor in new[] { (BigInteger.One << 64) + 1, (BigInteger.One << 128) + 1, (BigInteger.One << 65) + 3, (BigInteger.One << 128) + (BigInteger.One << 64) + 1 })
            Assert.False(SecretIntegers.TryInvert(Words(6 * divisor, 4), Words(35 * divisor, 4), new ulong[4]));
    }

    [Fact]
    public void TryInvert_AnEvenModulusOrOtherLengths_IsRefused()
    {
        foreach (var (x, m, inverse) in new[] { (1, 2, 2), (2, 2, 1), (3, 2, 3), (2, 2, 3) })
            Assert.Contains("odd modulus and numbers of its length", Assert.Throws<ArgumentException>("m", () => SecretIntegers.TryInvert(Ones(x), Ones(m), Ones(inverse))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("m", () => SecretIntegers.TryInvert([1], [4], new ulong[1]));

        static ulong[] Ones(int words) => [.. Enumerable.Repeat(1UL, words)];
    }

    [Theory]
    [InlineData(11, 17)]
    [InlineData(17, 11)]
    [InlineData(293, 433)]
    [InlineData(7919, 104729)]
    public void RootExponent_SmallPrimes_InvertsNModuloPMinusOne(int p, int q) =>
        Assert.Equal(1, (long)SecretIntegers.RootExponent([(ulong)p], [(ulong)q])[0] * p * q % (p - 1));

    [Fact]
    public void RootExponent_LongPrimes_InvertsNModuloPMinusOne()
    {
        var (p, q) = (Integer(Full.P), Integer(Full.Q));
        Assert.Equal(Inverse(p * q, p - 1), Integer(SecretIntegers.RootExponent(Full.P, Full.Q)));
        Assert.Equal(Inverse(p * q, q - 1), Integer(SecretIntegers.RootExponent(Full.Q, Full.P)));
    }

    [Fact]
    public void RootExponent_FactorThatDividesTheOtherLessOne_Refuses() =>
        Assert.Contains("common divisor", Assert.Throws<ArgumentException>(() => SecretIntegers.RootExponent([23], [11])).Message, StringComparison.Ordinal);
}
