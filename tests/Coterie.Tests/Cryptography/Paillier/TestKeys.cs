using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Keys that tests share, and what they do with numbers.</summary>
internal static class TestKeys
{
    private static readonly Lazy<PaillierSecretKey> LazyFull = new(() => PaillierSecretKey.Generate(2048));
    private static readonly Lazy<PaillierSecretKey> LazySmall = new(() => InsecurePaillierKeys.Generate(512));
    private static readonly Lazy<PaillierSecretKey> LazyOther = new(() => InsecurePaillierKeys.Generate(512));

    /// <summary>A safe key of 2048 bits.</summary>
    public static PaillierSecretKey Full => LazyFull.Value;

    /// <summary>A key of 512 bits.</summary>
    public static PaillierSecretKey Small => LazySmall.Value;

    /// <summary>Another one.</summary>
    public static PaillierSecretKey Other => LazyOther.Value;

    public static BigInteger Integer(ReadOnlySpan<ulong> words) => LittleWords.ToBigInteger(words);

    public static ulong[] Words(BigInteger value, int words)
    {
        var result = new ulong[words];
        LittleWords.FromBigInteger(value, result);
        return result;
    }

    /// <summary>Numbers in [0, n) as plaintexts.</summary>
    public static Plaintexts Residues(PaillierPublicKey key, params BigInteger[] values)
    {
        var result = new Plaintexts(values.Length, key.Words);
        for (var i = 0; i < values.Length; i++) LittleWords.FromBigInteger(values[i], result[i]);
        return result;
    }

    /// <summary>Ciphertexts as numbers below n^2.</summary>
    public static BigInteger[] Numbers(Ciphertexts ciphertexts) =>
        [.. ciphertexts.Key.ToBytes(ciphertexts).Chunk(ciphertexts.Key.CiphertextBytes).Select(c => new BigInteger(c, isUnsigned: true))];

    /// <summary>Numbers below n^2 as ciphertexts.</summary>
    public static Ciphertexts Read(PaillierPublicKey key, params BigInteger[] numbers)
    {
        var bytes = new byte[numbers.Length * key.CiphertextBytes];
        for (var i = 0; i < numbers.Length; i++) Assert.True(numbers[i].TryWriteBytes(bytes.AsSpan(i * key.CiphertextBytes), out _, isUnsigned: true));
        return key.FromBytes(bytes, numbers.Length);
    }

    /// <summary>Encryptions of small numbers.</summary>
    public static Ciphertexts Encrypted(PaillierPublicKey key, params long[] values) => key.Encrypt(Plaintexts.FromInt64(key, values), CryptographicRandom.Instance);

    /// <summary>A uniform number in [0, n), nearly.</summary>
    public static BigInteger Random(BigInteger n) => new BigInteger(CryptographicRandom.Instance.Bytes((int)(n.GetBitLength() / 8) + 17), isUnsigned: true) % n;

    public static BigInteger Inverse(BigInteger x, BigInteger n)
    {
        var (r0, r1, t0, t1) = (n, x % n, BigInteger.Zero, BigInteger.One);
        while (!r1.IsZero)
        {
            var q = r0 / r1;
            (r0, r1, t0, t1) = (r1, r0 - (q * r1), t1, t0 - (q * t1));
        }
        return r0.IsOne ? ((t0 % n) + n) % n : throw new ArgumentException("Not invertible.", nameof(x));
    }
}
