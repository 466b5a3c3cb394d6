using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Arithmetic modulo n against big integers.</summary>
public sealed class ResiduesTests
{
    private static readonly PaillierPublicKey Key = TestKeys.Small.PublicKey;
    private static readonly BigInteger N = TestKeys.Integer(Key.Modulus);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(19)]
    public void AddNegateAndDot_AreThoseOfIntegers(int count)
    {
        var (x, y) = (Residues.Uniform(Key, count, CryptographicRandom.Instance), Residues.Uniform(Key, count, CryptographicRandom.Instance));
        x[0].Clear();
        Assert.Equal(Numbers(x).Zip(Numbers(y), (a, b) => (a + b) % N), Numbers(Residues.Add(Key, x, y)));
        Assert.Equal(Numbers(x).Select(a => (N - a) % N), Numbers(Residues.Negate(Key, x)));
        Assert.Equal(Numbers(x).Zip(Numbers(y), (a, b) => a * b).Aggregate(BigInteger.Zero, (a, b) => (a + b) % N), Numbers(Residues.Dot(Key, x, y))[0]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(12, 12)]
    [InlineData(3, 17)]
    public void TransposeTimes_IsThatOfIntegers(int rows, int columns)
    {
        var x = Residues.Uniform(Key, rows, CryptographicRandom.Instance);
        long[] matrix = [.. Enumerable.Range(0, rows * columns).Select(i => ((i * 7919L) % 101 - 50) << (i % 50))];
        matrix[0] = 0;
        var expected = Enumerable.Range(0, columns).Select(j => Enumerable.Range(0, rows).Aggregate(BigInteger.Zero, (sum, i) => sum + (matrix[(i * columns) + j] * Numbers(x)[i])));
        Assert.Equal(expected.Select(e => ((e % N) + N) % N), Numbers(Residues.TransposeTimes(Key, matrix, columns, x)));
    }

    // Means of 2,000 numbers: the deviation is n / sqrt(12 * 2000); beyond six of them with a probability of 2e-9.
    [Fact]
    public void Uniform_SpreadsOverAllOfZn()
    {
        var numbers = Numbers(Residues.Uniform(Key, 2000, CryptographicRandom.Instance)).Select(x => (double)(x * 1_000_000 / N) / 1e6).ToArray();
        Assert.InRange(numbers.Average(), 0.5 - (6 / Math.Sqrt(24_000)), 0.5 + (6 / Math.Sqrt(24_000)));
        Assert.InRange(numbers.Max(), 0.98, 1);
        Assert.InRange(numbers.Min(), 0, 0.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Centred_HasThatWidthAroundZero(int bits)
    {
        var noise = Residues.Centred(Key, 200, bits, CryptographicRandom.Instance);
        var half = BigInteger.One << (bits - 1);
        var numbers = Enumerable.Range(0, 200).Select(i => noise.ToBigInteger(Key, i)).ToArray();
        Assert.All(numbers, x => Assert.True(x >= -half && x < half));
        Assert.Contains(numbers, x => x < 0);
        Assert.Contains(numbers, x => 2 * BigInteger.Abs(x) >= half);
        Assert.Equal(BigInteger.Zero, Residues.Centred(Key, 1, 0, CryptographicRandom.Instance).ToBigInteger(Key, 0));
    }

    [Fact]
    public void Dot_OtherLengths_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Residues.Dot(Key, new Plaintexts(2, Key.Words), new Plaintexts(3, Key.Words)));

    internal static BigInteger[] Numbers(Plaintexts x) => [.. Enumerable.Range(0, x.Count).Select(i => TestKeys.Integer(x[i]))];
}
