using System.Numerics;

namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>The Jacobi symbol, by reciprocity (Menezes, van Oorschot, Vanstone, "Handbook of Applied Cryptography", algorithm 2.149).</summary>
internal static class Jacobi
{
    /// <summary>(x / n) for odd n: 1, -1, or 0 where they share a factor. Its time depends on the numbers.</summary>
    public static int Symbol(BigInteger x, BigInteger n)
    {
        var symbol = 1;
        for (x %= n; !x.IsZero; x %= n)
        {
            var zeros = (int)BigInteger.TrailingZeroCount(x);
            x >>= zeros;
            if ((zeros & 1) == 1 && (int)(n & 7) is (3 or 5)) symbol = -symbol;
            if ((int)(x & 3) == 3 && (int)(n & 3) == 3) symbol = -symbol;
            (x, n) = (n, x);
        }
        return n.IsOne ? symbol : 0;
    }
}
