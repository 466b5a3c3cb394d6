using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>What is masked uniformly tells the key's owner nothing, also one that chose its key to be told something.</summary>
public sealed class UniformMaskingTests
{
    [Fact]
    public void Unmask_WhatWasMasked_GivesTheValues()
    {
        var (key, maskKey) = (TestKeys.Small, CryptographicRandom.Instance.Bytes(32));
        long[] values = [0, 1, -1, 12345, long.MaxValue, -77, 3, 4, 5, 6];
        var masked = key.Decrypt(UniformMasking.Mask(TestKeys.Encrypted(key.PublicKey, values), maskKey, 3, CryptographicRandom.Instance));
        Assert.All(Enumerable.Range(0, values.Length), i => Assert.NotEqual(values[i], masked.ToBigInteger(key.PublicKey, i)));
        UniformMasking.Unmask(key.PublicKey, maskKey, 3, masked);
        Assert.Equal(values, masked.ToInt64s(key.PublicKey));
    }

    [Fact]
    public void Encrypt_MasksAlone_HoldsWhatExpandGives()
    {
        var (key, maskKey) = (TestKeys.Small, CryptographicRandom.Instance.Bytes(32));
        var opened = key.Decrypt(UniformMasking.Encrypt(key.PublicKey, maskKey, 5, 9, CryptographicRandom.Instance));
        Assert.Equal(UniformMasking.Expand(key.PublicKey, maskKey, 5, 9).Words, opened.Words);
        Assert.Equal(opened[3], UniformMasking.Expand(key.PublicKey, maskKey, 8, 1).Words);
    }

    [Theory]
    [InlineData(1, 1, 7)]
    [InlineData(3, 4, 86)]
    [InlineData(11, 5, 86)]
    public void Slotted_Ciphertexts_HoldMultiplesByPowersOfTwo(int count, int slots, int slotBits)
    {
        var key = TestKeys.Small;
        long[] values = [.. Enumerable.Range(0, count).Select(i => (i * 7919L) - 20_000)];
        var opened = key.Decrypt(key.PublicKey.Slotted(TestKeys.Encrypted(key.PublicKey, values), slots, slotBits, new PaillierOptions(Threads: 2)));
        Assert.Equal(slots * count, opened.Count);
        for (var i = 0; i < opened.Count; i++) Assert.Equal((BigInteger)values[i % count] << (i / count * slotBits), opened.ToBigInteger(key.PublicKey, i));
    }

    /// <summary>
    /// An owner whose p - 1 is divisible by 3 encrypts with randomness that is no cube modulo p. The cubic class of the product tells the factor
    /// modulo 3: always without re-randomisation, for a third of all re-randomisers with one base of their own, for one in 3^8 of those with eight, and not with uniform randomness. Of 300 results each class has 100 give or
    /// take 50, six standard deviations of 8.2: fails by chance less than once in 10^8; so do three of 60 re-randomisers with eight bases that tell it.
    /// </summary>
    [Fact]
    public void Attack_OwnerWithACubicCharacter_LearnsNothing()
    {
        var random = CryptographicRandom.Instance;
        var p = Prime(x => x % 12 == 7);
        using var key = InsecurePaillierKeys.FromPrimes(p, Prime(x => x % 12 == 11 && x != p));
        BigInteger Class(BigInteger c) => BigInteger.ModPow(c, (p - 1) / 3, p);
        var ciphertext = key.PublicKey.Encrypt(Plaintexts.FromInt64(key.PublicKey, [0]), random);
        var n = TestKeys.Integer(key.PublicKey.Modulus);
        while (Class(TestKeys.Numbers(ciphertext)[0]).IsOne) ciphertext = key.PublicKey.EncryptWith(Plaintexts.FromInt64(key.PublicKey, [0]), TestKeys.Residues(key.PublicKey, TestKeys.Random(n)));
        var one = TestKeys.Numbers(ciphertext)[0];
        var product = TestKeys.Numbers(key.PublicKey.Scale(ciphertext, [5], 8))[0];
        Assert.Equal(BigInteger.ModPow(Class(one), 5, p), Class(product));

        var many = TestKeys.Read(key.PublicKey, [.. Enumerable.Repeat(product, 300)]);
        bool Tells(Rerandomizer rerandomizer) => TestKeys.Numbers(rerandomizer.Apply(many.Head(30))).All(c => Class(c) == Class(product));
        Assert.Contains(Enumerable.Range(0, 200), _ => Tells(Rerandomizer.AgainstOthers(key.PublicKey, random)));
        Assert.InRange(Enumerable.Range(0, 60).Count(_ => Tells(new Rerandomizer(key.PublicKey, random))), 0, 2);

        var seen = TestKeys.Numbers(UniformMasking.Mask(many, random.Bytes(32), 0, random)).CountBy(Class).ToArray();
        Assert.Equal(3, seen.Length);
        Assert.All(seen, c => Assert.InRange(c.Value, 50, 150));
    }

    /// <summary>A prime of 64 bits. Miller's and Rabin's test with the first twelve primes decides below 3 10^23 (Sorenson, Webster 2015).</summary>
    private static BigInteger Prime(Func<BigInteger, bool> wanted)
    {
        while (true)
        {
            var x = new BigInteger(CryptographicRandom.Instance.Bytes(8), isUnsigned: true) | (BigInteger.One << 63) | 3;
            if (wanted(x) && new BigInteger[] { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 }.All(b => BigInteger.ModPow(b, (x - 1) / 2, x) is var r && (r.IsOne || r == x - 1))) return x;
        }
    }
}
