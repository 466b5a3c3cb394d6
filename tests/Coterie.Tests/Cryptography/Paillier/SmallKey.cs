using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>A key of 1024 bits, too short for anything but tests, made once; and plain big-integer arithmetic to compare with.</summary>
internal sealed class SmallKey
{
    private static readonly Lazy<SmallKey> Made = new(Create);

    private SmallKey(BigInteger p, BigInteger q)
    {
        N = p * q;
        Phi = (p - 1) * (q - 1);
        var y = new BigInteger(RandomNumberGenerator.GetBytes(64), isUnsigned: true);
        Public = new PaillierPublicKey(Words(N, 16), Words(N - (y * y % N), 16));
        Secret = new PaillierSecretKey(Public, Words(p, 8), Words(q, 8));
    }

    public static SmallKey Instance => Made.Value;

    public static SmallKey Create() => new(Prime(), Prime());

    public BigInteger N { get; }

    public BigInteger Phi { get; }

    public PaillierPublicKey Public { get; }

    public PaillierSecretKey Secret { get; }

    /// <summary>Decryption as in the paper's first scheme.</summary>
    public BigInteger Decrypt(BigInteger ciphertext)
    {
        var square = N * N;
        var l = (BigInteger.ModPow(ciphertext, Phi, square) - 1) / N;
        var m = l * Inverse(Phi % N, N) % N;
        return 2 * m > N ? m - N : m;
    }

    /// <summary>The part of a ciphertext that is not plaintext: its class modulo n, that of an n-th power.</summary>
    public BigInteger Randomness(BigInteger ciphertext) => ciphertext % N;

    public BigInteger[] Numbers(Ciphertexts ciphertexts)
    {
        var bytes = Public.ToBytes(ciphertexts);
        return [.. Enumerable.Range(0, ciphertexts.Count).Select(i => new BigInteger(bytes.AsSpan(i * Public.CiphertextBytes, Public.CiphertextBytes), isUnsigned: true))];
    }

    public static BigInteger Inverse(BigInteger x, BigInteger n)
    {
        var (r0, r1, t0, t1) = (n, x, BigInteger.Zero, BigInteger.One);
        while (!r1.IsZero)
        {
            var quotient = r0 / r1;
            (r0, r1, t0, t1) = (r1, r0 - (quotient * r1), t1, t0 - (quotient * t1));
        }
        return ((t0 % n) + n) % n;
    }

    private static ulong[] Words(BigInteger value, int count)
    {
        var words = new ulong[count];
        LittleWords.FromBigInteger(value, words);
        return words;
    }

    private static BigInteger Prime()
    {
        while (true)
        {
            using var rsa = RSA.Create(1024);
            var prime = new BigInteger(rsa.ExportParameters(true).P, isUnsigned: true, isBigEndian: true);
            if ((prime & 3) == 3) return prime;
        }
    }
}
