using System.Numerics;
using System.Reflection;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class EncryptedProductTests
{
    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(3, 5, 4, true)]
    [InlineData(13, 9, 20, true)]
    [InlineData(13, 9, 20, false)]
    [InlineData(70, 3, 7, true)]
    [InlineData(150, 2, 7, true)]
    [InlineData(9, 17, 60, true)]
    public void Multiply_ByAMatrix_GivesTheProduct(int rows, int columns, int bits, bool hardened)
    {
        var limit = (1L << bits) - 1;
        var random = new SeededRandom(11);
        long[] matrix = [.. Enumerable.Range(0, rows * columns).Select(i => (i % 5) switch { 0 => limit, 1 => -limit, 2 => 0, _ => (long)((random.NextDouble() * 2 * limit) - limit) })];
        var values = PaillierPublicKeyTests.Values(columns);
        var product = new EncryptedProduct(PaillierPublicKeyTests.Encrypted(values), bits, rows, new PaillierOptions(hardened, Threads: 2)).Multiply(matrix, rows);
        var expected = Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Aggregate(BigInteger.Zero, (sum, j) => sum + ((BigInteger)matrix[(i * columns) + j] * values[j])));
        Assert.Equal(expected, PaillierPublicKeyTests.Decrypted(product));
    }

    /// <summary>Blocks of rows and of columns full and not: the last one's lanes are shared out among its rows, if there are two each.</summary>
    [Theory]
    [InlineData(true, 30)]
    [InlineData(true, 5)]
    [InlineData(false, 30)]
    public void Multiply_EveryShape_GivesTheProduct(bool hardened, int bits)
    {
        var limit = (1L << bits) - 1;
        var random = new SeededRandom(12);
        for (var columns = 1; columns <= 12; columns++)
        {
            var values = PaillierPublicKeyTests.Values(columns);
            var vector = PaillierPublicKeyTests.Encrypted(values);
            for (var rows = 1; rows <= 20; rows++)
            {
                long[] matrix = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextInt32(5) switch { 0 => limit, 1 => -limit, 2 => 0, _ => (long)((random.NextDouble() * 2 * limit) - limit) })];
                var product = new EncryptedProduct(vector, bits, rows, new PaillierOptions(hardened)).Multiply(matrix, rows);
                var expected = Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Aggregate(BigInteger.Zero, (sum, j) => sum + ((BigInteger)matrix[(i * columns) + j] * values[j])));
                Assert.Equal(expected, PaillierPublicKeyTests.Decrypted(product));
            }
        }
    }

    /// <summary>Beyond the last row a product's lanes hold what came about in them: powers of other vectors start from one there, too.</summary>
    [Fact]
    public void Multiply_OfAProduct_GivesTheProduct()
    {
        for (var rows = 1; rows <= 5; rows++)
        {
            long[] first = [.. Enumerable.Range(1, 2 * rows).Select(i => (long)i)], second = [.. Enumerable.Range(1, rows).Select(i => 3L * i)];
            var inner = new EncryptedProduct(PaillierPublicKeyTests.Encrypted([1000, 7]), 20, rows).Multiply(first, rows);
            var expected = Enumerable.Range(0, rows).Aggregate(BigInteger.Zero, (sum, i) => sum + (second[i] * ((first[2 * i] * 1000) + (first[(2 * i) + 1] * 7))));
            Assert.Equal([expected], PaillierPublicKeyTests.Decrypted(new EncryptedProduct(inner, 20, 1).Multiply(second, 1)));
        }
    }

    /// <summary>The ciphertexts themselves: products have no randomness of their own.</summary>
    [Fact]
    public void Multiply_OnEveryEngine_GivesTheSameCiphertexts()
    {
        var key = TestKeys.Small.PublicKey;
        var random = new SeededRandom(13);
        var bytes = key.ToBytes(TestKeys.Encrypted(key, PaillierPublicKeyTests.Values(11)));
        var numbers = bytes.Chunk(key.CiphertextBytes).Select(c => new BigInteger(c, isUnsigned: true)).ToArray();
        var square = BigInteger.Pow(TestKeys.Integer(key.Modulus), 2);
        foreach (var rows in new[] { 1, 2, 3, 4, 5, 8, 11 })
        {
            long[] matrix = [.. Enumerable.Range(0, rows * 11).Select(_ => (long)(random.NextDouble() * (1 << 30)) - (1 << 29))];
            BigInteger[] expected = [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, 11).Aggregate(BigInteger.One, (product, j) =>
                product * BigInteger.ModPow(matrix[(i * 11) + j] < 0 ? TestKeys.Inverse(numbers[j], square) : numbers[j], Math.Abs(matrix[(i * 11) + j]), square) % square))];
            foreach (var kind in ModularEngines.Supported)
            {
                using var other = new PaillierPublicKey(key.Modulus, key.Base, kind);
                foreach (var hardened in new[] { true, false })
                    Assert.Equal(expected, TestKeys.Numbers(new EncryptedProduct(other.FromBytes(bytes, 11), 30, rows, new PaillierOptions(hardened)).Multiply(matrix, rows)));
            }
        }
    }

    [Fact]
    public void Multiply_EveryEntryOfAFewBits_IsRight()
    {
        long[] matrix = [.. Enumerable.Range(-31, 63).Select(i => (long)i)];
        var product = new EncryptedProduct(PaillierPublicKeyTests.Encrypted([12345]), 5, 63).Multiply(matrix, 63);
        Assert.Equal(matrix.Select(a => (BigInteger)a * 12345), PaillierPublicKeyTests.Decrypted(product));
    }

    /// <summary>A sum of nothing is 0, whose ciphertext is 1 and not the number 0, which is no ciphertext.</summary>
    [Fact]
    public void Multiply_OfAnEmptyVector_IsZero()
    {
        var product = new EncryptedProduct(PaillierPublicKeyTests.Encrypted([]), 8, 3);
        Assert.Equal([1, 1, 1], TestKeys.Numbers(product.Multiply([], 3)));
        Assert.Equal(0, product.Multiply([], 0).Count);
    }

    /// <summary>Few powers for few rows, many for many; for lanes of every engine, whichever this processor has.</summary>
    [Theory]
    [InlineData(30, 1, 1, 8, 2, 2)]
    [InlineData(30, 1, 5, 8, 2, 2)]
    [InlineData(30, 8, 8, 8, 4, 4)]
    [InlineData(30, 9, 8, 8, 4, 4)]
    [InlineData(30, 3, 100, 8, 4, 4)]
    [InlineData(8, 1000, 16, 8, 9, 9)]
    [InlineData(30, 1000, 16, 8, 8, 8)]
    [InlineData(60, 64, 100, 8, 7, 7)]
    [InlineData(60, 5000, 300, 4, 8, 9)]
    [InlineData(20, 100, 10, 1, 7, 7)]
    [InlineData(5, 63, 1, 8, 3, 3)]
    [InlineData(16, 16, 12, 8, 4, 5)]
    [InlineData(16, 20, 12, 4, 5, 5)]
    public void EncryptedProduct_OfEachShape_ChoosesTheWindowWithTheLeastWork(int bits, int rows, int columns, int lanes, int hardened, int open)
    {
        var choose = typeof(EncryptedProduct).GetMethod("WindowFor", BindingFlags.NonPublic | BindingFlags.Static)!.CreateDelegate<Func<int, int, int, int, bool, int>>();
        Assert.Equal((hardened, open), (choose(bits, rows, columns, lanes, true), choose(bits, rows, columns, lanes, false)));
    }

    [Fact]
    public void EncryptedProduct_OfOtherSizes_IsRefused()
    {
        var vector = PaillierPublicKeyTests.Encrypted([1]);
        Assert.Throws<ArgumentNullException>("vector", () => new EncryptedProduct(null!, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("bits", () => new EncryptedProduct(vector, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("bits", () => new EncryptedProduct(vector, 61, 1));
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => new EncryptedProduct(vector, 1, 0));
        Assert.Contains("3 entries; 2 x 1 expected", Assert.Throws<ArgumentException>("matrix", () => new EncryptedProduct(vector, 1, 1).Multiply([1, 1, 1], 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Multiply_AnEntryOfMoreBits_IsRefused()
    {
        var product = new EncryptedProduct(PaillierPublicKeyTests.Encrypted([1, 2]), 4, 1);
        Assert.Contains("Entry 1", Assert.Throws<ArgumentOutOfRangeException>(() => product.Multiply([15, 16], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Entry 1 has more than 4 bits", Assert.Throws<ArgumentOutOfRangeException>(() => product.Multiply([15, -16], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => product.Multiply([1, 2, 3], 1));
    }
}
