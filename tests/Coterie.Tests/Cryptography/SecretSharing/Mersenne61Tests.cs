using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Tests.Cryptography.SecretSharing;

public sealed class Mersenne61Tests
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 61) - 1;

    [Fact]
    public void Arithmetic_OnEdgesAndRandomElements_EqualsBigIntegers()
    {
        foreach (var a in Elements())
        {
            foreach (var b in Elements())
            {
                Assert.Equal((a + (BigInteger)b) % Prime, Mersenne61.Add(a, b));
                Assert.Equal((Prime + a - b) % Prime, Mersenne61.Subtract(a, b));
                Assert.Equal(a * (BigInteger)b % Prime, Mersenne61.Multiply(a, b));
            }
        }
    }

    [Fact]
    public void MultiplyAddLazily_OverManyLargestProducts_EqualsBigIntegers()
    {
        var sum = 0UL;
        BigInteger expected = 0;
        for (var i = 0UL; i < 10_000; i++)
        {
            sum = Mersenne61.MultiplyAddLazily(sum, Mersenne61.Prime - 1 - i, Mersenne61.Prime - 1);
            expected += (Prime - 1 - i) * (Prime - 1);
            Assert.Equal(expected % Prime, Mersenne61.Reduce(sum));
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData((1UL << 61) - 1)]
    [InlineData(1UL << 61)]
    [InlineData(ulong.MaxValue)]
    public void Reduce_OfAnyWord_EqualsBigIntegers(ulong value) => Assert.Equal(value % Prime, Mersenne61.Reduce(value));

    [Fact]
    public void Invert_TimesTheElement_IsOne()
    {
        foreach (var a in Elements().Where(e => e != 0)) Assert.Equal(1UL, Mersenne61.Multiply(a, Mersenne61.Invert(a)));
    }

    [Fact]
    public void FillUniform_OverManyElements_StaysInTheFieldAndUsesAllOfIt()
    {
        var elements = new ulong[1 << 14];
        Mersenne61.FillUniform(elements, CryptographicRandom.Instance);
        Assert.All(elements, e => Assert.True(e < Mersenne61.Prime));
        // Sixteen cells of 1,024 expected: a deviation of 250 is eight standard deviations, probability below 1e-13.
        for (var cell = 0UL; cell < 16; cell++) Assert.InRange(elements.Count(e => e >> 57 == cell), 774, 1274);
    }

    private static IEnumerable<ulong> Elements()
    {
        ulong[] edges = [0, 1, 2, 3, 1UL << 32, (1UL << 60) - 1, 1UL << 60, Mersenne61.Prime - 2, Mersenne61.Prime - 1];
        var random = new ulong[40];
        Mersenne61.FillUniform(random, CryptographicRandom.Instance);
        return edges.Concat(random);
    }
}
