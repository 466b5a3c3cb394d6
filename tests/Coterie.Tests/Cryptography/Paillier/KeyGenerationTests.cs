using System.Numerics;
using System.Reflection;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
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
        Assert.Contains("hundred highest", Fault(p, p ^ (BigInteger.One << 155)), StringComparison.Ordinal);
        Assert.DoesNotContain("hundred highest", Fault(p, p ^ (BigInteger.One << 156)) ?? "", StringComparison.Ordinal);
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
        Assert.Throws<ObjectDisposedException>(() => key.Open(ciphertexts, []));
        Assert.Throws<ObjectDisposedException>(() => key.Noise(1, CryptographicRandom.Instance, PaillierOptions.Default));
        Assert.Throws<ObjectDisposedException>(() => key.TakeRoots(new ulong[8], 8, 1, new ulong[8]));
        Assert.Throws<ObjectDisposedException>(key.ExportPrivateKey);
        Assert.False(key.P.ContainsAnyExcept(0UL));
        Assert.False(key.Q.ContainsAnyExcept(0UL));
    }

    /// <summary>Whatever the key keeps, wherever it is: factors, exponents, inverses, engines and tables.</summary>
    [Fact]
    public void Dispose_OfAKey_LeavesNothingOfIt()
    {
        var key = InsecurePaillierKeys.Generate(512);
        foreach (var hardened in new[] { true, false }) Assert.True(key.TableBytes(new PaillierOptions(hardened)) > 0);
        var kept = Kept(key, []).ToArray();
        // The key's own, those of two halves, of two engines, and of tables.
        Assert.InRange(kept.Length, 100, 1000);
        Assert.All(kept, k => Assert.True(Buffer.ByteLength(k.Words) > 0 && Enumerable.Range(0, Buffer.ByteLength(k.Words)).Any(i => Buffer.GetByte(k.Words, i) != 0), k.Name));
        key.Dispose();
        Assert.All(kept, k => Assert.True(Enumerable.Range(0, Buffer.ByteLength(k.Words)).All(i => Buffer.GetByte(k.Words, i) == 0), $"{k.Name} is left."));
        // From the number -1/p modulo a limb's size, kept for products, p's lowest bits follow.
        foreach (var half in new[] { "_p", "_q" })
        {
            var owner = typeof(PaillierSecretKey).GetField(half, Fields)!.GetValue(key)!;
            var engine = owner.GetType().GetProperty("Engine")!.GetValue(owner)!;
            Assert.Equal(0.0, Convert.ToDouble(engine.GetType().GetField("_negatedInverse", Fields)!.GetValue(engine), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void FromFactors_WhetherTheyAreAKeysOrNot_ZeroesThem()
    {
        ulong[] p = [.. Small.P], q = [.. Small.Q], composite = [.. Words(BigInteger.Pow((BigInteger.One << 128) - 159, 2), 4)], other = [.. Small.Q];
        using var key = PaillierSecretKey.FromFactors(p, q, isInsecure: true);
        Assert.Throws<CryptographicException>(() => PaillierSecretKey.FromFactors(composite, other, isInsecure: true));
        Assert.All(new[] { p, q, composite, other }, factor => Assert.False(factor.AsSpan().ContainsAnyExcept(0UL)));
    }

    [Fact]
    public void ToString_OfAKey_TellsNothing() => Assert.Equal(typeof(PaillierSecretKey).FullName, ((object)Small).ToString());

    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Arrays of numbers that can be reached from an object, but for its public key and the number 1, which tells nothing.</summary>
    private static IEnumerable<(string Name, Array Words)> Kept(object owner, HashSet<object> seen)
    {
        if (owner is PaillierPublicKey || !seen.Add(owner)) yield break;
        for (var type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Fields).Where(f => f.Name != "_plainOne"))
            {
                var value = field.GetValue(owner);
                if (value is Lazy<FixedBase> lazy) value = lazy.Value;
                if (value is Array { Length: > 0 } array && array.GetType().GetElementType()!.IsPrimitive) yield return ($"{type.Name}.{field.Name}", array);
                else
                {
                    foreach (var part in value is Array parts ? parts.Cast<object>() : value is null || value.GetType().Namespace?.StartsWith("Coterie", StringComparison.Ordinal) != true ? [] : [value])
                    {
                        if (part is Array { Length: > 0 } words) yield return ($"{type.Name}.{field.Name}", words);
                        else foreach (var inner in Kept(part, seen)) yield return inner;
                    }
                }
            }
        }
    }

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
