using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Coterie.Benchmarks.Paillier;

/// <summary>A Paillier key with g = n + 1, factors included, and the bases of Damgard, Jurik and Nielsen.</summary>
internal sealed record PaillierKey
{
    private PaillierKey(BigInteger p, BigInteger q)
    {
        (P, Q, N) = (p, q, p * q);
        NSquared = N * N;
        var y = RandomBelow(N);
        H = N - (y * y % N);
        HS = BigInteger.ModPow(H, N, NSquared);
        EvaluatorBase = BigInteger.ModPow(RandomBelow(N), N, NSquared);
    }

    public BigInteger P { get; }

    public BigInteger Q { get; }

    public BigInteger N { get; }

    public BigInteger NSquared { get; }

    /// <summary>h = -y^2 mod n.</summary>
    public BigInteger H { get; }

    /// <summary>h_s = h^n mod n^2.</summary>
    public BigInteger HS { get; }

    /// <summary>y^n mod n^2 for a random y that the key owner did not choose.</summary>
    public BigInteger EvaluatorBase { get; }

    /// <summary>Of the modulus.</summary>
    public int Bits => (int)N.GetBitLength();

    /// <summary>Bytes of an encryption's exponent: |n|/2 bits.</summary>
    public int ShortExponentBytes => Bits / 16;

    /// <summary>Bytes of an exponent that hides from the key owner: |n| + 80 bits.</summary>
    public int LongExponentBytes => (Bits + 80) / 8;

    /// <summary>A new key.</summary>
    public static PaillierKey Generate(int bits)
    {
        using var rsa = RSA.Create(bits);
        var parameters = rsa.ExportParameters(includePrivateParameters: true);
        return new PaillierKey(FromBytes(parameters.P!), FromBytes(parameters.Q!));
    }

    /// <summary>From two primes of equal size, decimal or after 0x in hexadecimal.</summary>
    /// <exception cref="FormatException">Not numbers, not prime, equal, or of another size than a key's.</exception>
    public static PaillierKey Parse(string p, string q)
    {
        var (left, right) = (Number(p), Number(q));
        if (left == right || left.GetBitLength() != right.GetBitLength() || !PaillierOptions.Default.Bits.Contains((int)(left * right).GetBitLength()) || !IsPrime(left) || !IsPrime(right))
            throw new FormatException($"Two different primes of the same size are needed, whose product has {string.Join(" or ", PaillierOptions.Default.Bits)} bits.");
        return new PaillierKey(left, right);
    }

    private static BigInteger Number(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Fermat's test to base 2: against slips of the hand.</summary>
    private static bool IsPrime(BigInteger value) => BigInteger.ModPow(2, value - 1, value).IsOne;

    private static BigInteger FromBytes(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>Uniform up to a bias of 2^-64, which no benchmark sees.</summary>
    public static BigInteger RandomBelow(BigInteger bound) =>
        FromBytes(RandomNumberGenerator.GetBytes(bound.GetByteCount(isUnsigned: true) + 8)) % bound;
}
