using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class JacobiTests
{
    private static readonly int[] Primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47];

    /// <summary>Modulo a prime the symbol says which numbers are squares; it multiplies over the factors of n.</summary>
    [Fact]
    public void Symbol_OfSmallNumbers_IsTheProductOfLegendresOverTheFactors()
    {
        for (var n = 1; n < 400; n += 2)
        {
            for (var x = 0; x <= 2 * n; x++)
            {
                var (expected, rest) = (1, n);
                for (var p = 3; p <= n; p += 2)
                    for (; rest % p == 0; rest /= p) expected *= Legendre(x, p);
                Assert.True(expected == Jacobi.Symbol(x, n), $"({x} / {n}) is {expected}, not {Jacobi.Symbol(x, n)}.");
            }
        }
    }

    [Fact]
    public void Symbol_OfLargeNumbers_Multiplies()
    {
        var n = Random(BigInteger.One << 300) | 1 | (BigInteger.One << 299);
        BigInteger x = Random(n), y = Random(n);
        Assert.Equal(Jacobi.Symbol(x, n) * Jacobi.Symbol(y, n), Jacobi.Symbol(x * y, n));
        foreach (var p in Primes) Assert.Equal(Jacobi.Symbol(x, n) * Legendre((int)(x % p), p), Jacobi.Symbol(x, n * p));
    }

    /// <summary>x^((p-1)/2) modulo p, for p a prime.</summary>
    private static int Legendre(int x, int p) => (int)BigInteger.ModPow(x, (p - 1) / 2, p) is var power && power == p - 1 ? -1 : power;
}
