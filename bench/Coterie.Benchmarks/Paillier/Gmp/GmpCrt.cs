using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>The number below a b that is x modulo a and y modulo b: x + a ((y - x) / a mod b).</summary>
internal sealed unsafe class GmpCrt(BigInteger a, BigInteger b, BigInteger inverseOfA) : IDisposable
{
    private readonly Mpz _a = new(a);
    private readonly Mpz _b = new(b);
    private readonly Mpz _inverse = new(inverseOfA);
    private readonly Mpz _difference = new(new BigInteger(1) << (2 * (int)b.GetBitLength()));

    /// <summary><paramref name="result"/> is another number than x and y.</summary>
    public void Combine(Mpz result, Mpz x, Mpz y)
    {
        Mpz.Subtract(_difference, y, x);
        Mpz.Multiply(_difference, _difference, _inverse);
        Mpz.Remainder(_difference, _difference, _b);
        Mpz.Multiply(result, _difference, _a);
        Mpz.Add(result, result, x);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_a, _b, _inverse, _difference]) part.Dispose();
    }
}
