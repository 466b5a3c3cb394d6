using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Products with factors as long as n, and fresh randomness.</summary>
public sealed class InnerProductTests
{
    private static readonly PaillierSecretKey Secret = TestKeys.Small;
    private static readonly PaillierPublicKey Key = Secret.PublicKey;
    private static readonly BigInteger N = TestKeys.Integer(Key.Modulus);

    [Theory]
    [InlineData(1, true)]
    [InlineData(8, true)]
    [InlineData(23, true)]
    [InlineData(23, false)]
    public void InnerProduct_WithFactorsBelowN_IsTheSumOfProducts(int count, bool hardened)
    {
        long[] values = [.. Enumerable.Range(0, count).Select(i => (i * 31L) - 40)];
        var factors = Residues.Uniform(Key, count, CryptographicRandom.Instance);
        factors[0].Clear();
        var result = Secret.Decrypt(Key.InnerProduct(TestKeys.Encrypted(Key, values), factors, new PaillierOptions(hardened)));
        var expected = ResiduesTests.Numbers(factors).Zip(values, (f, v) => f * v).Aggregate(BigInteger.Zero, (a, b) => a + b);
        Assert.Equal(1, result.Count);
        Assert.Equal(((expected % N) + N) % N, TestKeys.Integer(result[0]));
    }

    // The result is a ciphertext like others: its bytes are read again, and it is added to.
    [Fact]
    public void InnerProduct_IsOneCiphertext()
    {
        var result = Key.InnerProduct(TestKeys.Encrypted(Key, 3, 4), Plaintexts.FromInt64(Key, [10, -1]));
        var read = Key.FromBytes(Key.ToBytes(result), 1);
        Assert.Equal(52, Secret.Decrypt(Key.Add(read, read)).ToInt64s(Key)[0]);
    }

    [Fact]
    public void InnerProduct_AnotherNumberOfFactors_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Key.InnerProduct(TestKeys.Encrypted(Key, 3, 4), Plaintexts.FromInt64(Key, [10])));

    [Fact]
    public void Refresh_Keeps_PlaintextsAndChangesCiphertexts()
    {
        var before = TestKeys.Encrypted(Key, 5, -6, 7);
        var after = Key.Refresh(before, CryptographicRandom.Instance);
        Assert.Equal([5, -6, 7], Secret.Decrypt(after).ToInt64s(Key));
        Assert.Empty(TestKeys.Numbers(before).Intersect(TestKeys.Numbers(after)));
    }

    // Every class of quadratic residues modulo both factors is reached: what the key's owner sees of the randomness is not what it was before.
    [Fact]
    public void Refresh_ReachesEveryClassOfResidues()
    {
        var one = TestKeys.Encrypted(Key, 0);
        var many = Key.Refresh(one.Pick([.. Enumerable.Repeat(0, 200)]), CryptographicRandom.Instance);
        var (p, q) = (TestKeys.Integer(Secret.P), TestKeys.Integer(Secret.Q));
        var classes = TestKeys.Numbers(many).CountBy(c => (BigInteger.ModPow(c, (p - 1) / 2, p).IsOne, BigInteger.ModPow(c, (q - 1) / 2, q).IsOne)).ToDictionary();
        // 50 of each, give or take 31: five standard deviations of 6.1.
        Assert.Equal(4, classes.Count);
        Assert.All(classes.Values, count => Assert.InRange(count, 19, 81));
    }
}
