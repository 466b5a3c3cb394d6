using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class KeyGenerationTests
{
    [Fact]
    public void Generate_TwoThousandBits_HasTheFactorsOfTheConstruction() => AssertConstruction(Full, 2048);

    [Fact]
    public void Generate_ManySmallKeys_AllHaveTheFactorsOfTheConstruction()
    {
        for (var i = 0; i < 12; i++)
        {
            using var key = InsecurePaillierKeys.Generate(512);
            Assert.True(key.PublicKey.IsInsecure);
            AssertConstruction(key, 512);
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2047)]
    [InlineData(2049)]
    [InlineData(0)]
    [InlineData(-3072)]
    public void Generate_AnUnsafeSize_IsRefused(int bits) =>
        Assert.Contains("2048 and 3072", Assert.Throws<ArgumentOutOfRangeException>(() => PaillierSecretKey.Generate(bits)).Message, StringComparison.Ordinal);

    [Fact]
    public void Generate_Twice_GivesOtherKeys()
    {
        Assert.NotEqual(Integer(Small.PublicKey.Modulus), Integer(Other.PublicKey.Modulus));
        Assert.NotEqual(Small.PublicKey.KeyId.AsEnumerable(), Other.PublicKey.KeyId.AsEnumerable());
    }

    [Theory]
    [InlineData(11, 11)]
    [InlineData(2, 11)]
    [InlineData(11, 23)]
    [InlineData(23, 11)]
    public void FromPrimes_WhatIsNoKey_IsRefused(int p, int q) => Assert.Throws<ArgumentException>(() => InsecurePaillierKeys.FromPrimes(p, q));

    [Fact]
    public void FromPrimes_OtherLengths_IsRefused() =>
        Assert.Contains("words", Assert.Throws<ArgumentException>(() => InsecurePaillierKeys.FromPrimes((BigInteger.One << 89) - 1, 7919)).Message, StringComparison.Ordinal);

    [Fact]
    public void FromPrimes_AFactorThatIsNoPrime_IsRefused()
    {
        // Two primes of 128 bits in place of one of 256: roots come out wrong, and are checked before they become a proof.
        var composite = ((BigInteger.One << 128) - 159) * ((BigInteger.One << 128) - 173);
        Assert.Equal(256, (int)composite.GetBitLength());
        Assert.Contains("proof does not hold", Assert.Throws<CryptographicException>(() => InsecurePaillierKeys.FromPrimes(composite, Integer(Small.Q))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_EachRule_IsNamed()
    {
        var (p, q) = (Integer(Small.P), Integer(Small.Q));
        Assert.Null(Fault(p, q));
        Assert.Contains("hundred highest", Fault(p, p), StringComparison.Ordinal);
        Assert.Contains("hundred highest", Fault(p, p + (BigInteger.One << 100)), StringComparison.Ordinal);
        Assert.Contains("3 modulo 4", Fault(p, q + 2), StringComparison.Ordinal);
        Assert.Contains("no common factor", Fault(Congruent(p, 2 * 3 * 5), Congruent(q, 2 * 3 * 5)), StringComparison.Ordinal);
        Assert.Contains("256 bits", PaillierPrimes.Fault(Small.P[..3], Small.Q[..3], 512), StringComparison.Ordinal);
        // The highest bits of two factors of 256 bits may be too small for a product of 512.
        BigInteger low = (BigInteger.One << 255) + 3, other = (BigInteger.One << 255) + (BigInteger.One << 230) + 3;
        while (BigInteger.GreatestCommonDivisor(low - 1, other - 1) != 2) low += 4;
        Assert.Contains("product has 512", Fault(low, other), StringComparison.Ordinal);

        string? Fault(BigInteger x, BigInteger y) => PaillierPrimes.Fault(Words(x, 4), Words(y, 4), 512);

        // The next number that is 3 modulo 4 and 1 modulo the odd part.
        static BigInteger Congruent(BigInteger x, int m)
        {
            while (x % m != 1 || x % 4 != 3) x++;
            return x;
        }
    }

    [Fact]
    public void Decrypt_AfterDisposal_Throws()
    {
        var key = InsecurePaillierKeys.Generate(512);
        var ciphertexts = key.PublicKey.Encrypt(Plaintexts.FromInt64(key.PublicKey, [5]), CryptographicRandom.Instance);
        Assert.Equal([5], key.Decrypt(ciphertexts).ToInt64s(key.PublicKey));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Decrypt(ciphertexts));
        Assert.Throws<ObjectDisposedException>(() => key.Encrypt(Plaintexts.FromInt64(key.PublicKey, [5]), CryptographicRandom.Instance));
        Assert.Throws<ObjectDisposedException>(key.ExportPrivateKey);
        Assert.False(key.P.ContainsAnyExcept(0UL));
        Assert.False(key.Q.ContainsAnyExcept(0UL));
    }

    [Fact]
    public void ToString_OfAKey_TellsNothing() => Assert.Equal(typeof(PaillierSecretKey).FullName, ((object)Small).ToString());

    private static void AssertConstruction(PaillierSecretKey key, int bits)
    {
        var (p, q, n, h) = (Integer(key.P), Integer(key.Q), Integer(key.PublicKey.Modulus), Integer(key.PublicKey.Base));
        Assert.Equal(n, p * q);
        Assert.Equal(bits, (int)n.GetBitLength());
        Assert.Equal(bits, key.PublicKey.Bits);
        Assert.Equal((bits / 2, bits / 2), ((int)p.GetBitLength(), (int)q.GetBitLength()));
        Assert.Equal((3, 3), ((int)(p % 4), (int)(q % 4)));
        Assert.Equal(2, BigInteger.GreatestCommonDivisor(p - 1, q - 1));
        Assert.Equal(1, BigInteger.GreatestCommonDivisor(n, (p - 1) * (q - 1)));
        Assert.NotEqual(p, q);
        foreach (var prime in new[] { p, q })
        {
            Assert.Equal(1, BigInteger.ModPow(2, prime - 1, prime));
            // -h is a square modulo each factor: its symbol is 1, and h's is -1, the factors being 3 modulo 4.
            Assert.Equal(1, BigInteger.ModPow(n - h, (prime - 1) / 2, prime));
            Assert.Equal(prime - 1, BigInteger.ModPow(h, (prime - 1) / 2, prime));
        }
    }
}
