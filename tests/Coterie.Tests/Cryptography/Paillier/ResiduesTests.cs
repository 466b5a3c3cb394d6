using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using Coterie.Tests.Cryptography.Paillier.Modular;

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
        // Each bit is one now and zero then: 200 times the same has a probability of 2^-199.
        Assert.Equal((2 * half) - 1, numbers.Aggregate(BigInteger.Zero, (seen, x) => seen | (x + half)));
        Assert.Equal(BigInteger.Zero, numbers.Aggregate((2 * half) - 1, (seen, x) => seen & (x + half)));
        Assert.Equal(BigInteger.Zero, Residues.Centred(Key, 1, 0, CryptographicRandom.Instance).ToBigInteger(Key, 0));
    }

    [Fact]
    public void Centred_OfOtherWidths_IsRefused()
    {
        foreach (var bits in new[] { -1, Key.Bits - 1, Key.Bits })
            Assert.Contains($"holds noise of 0 to {Key.Bits - 2} bits", Assert.Throws<ArgumentOutOfRangeException>("bits", () => Residues.Centred(Key, 1, bits, CryptographicRandom.Instance)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Residues.Centred(Key, 1, Key.Bits - 2, CryptographicRandom.Instance).Count);
    }

    /// <summary>Sums are brought back below 2n each time: there is room above it for some ten thousand of them only.</summary>
    [Fact]
    public void MultiplyAdd_AgainAndAgain_StaysBelowTwiceTheModulus()
    {
        foreach (var (kind, limbBits) in new[] { (EngineKind.Avx512, 52), (EngineKind.Avx2, 51), (EngineKind.Portable, 57) }.Where(e => ModularEngines.IsSupported(e.Item1)))
        {
            using var calculator = new EngineCalculator(N, kind, limbBits);
            var (engine, sum) = (calculator.Engine, new ulong[calculator.Engine.PairLength]);
            for (var i = 0; i < 100; i++) Residues.MultiplyAdd(engine, calculator.LoadSingles(TestKeys.Random(N)), calculator.LoadSingles(TestKeys.Random(N)), sum);
            Assert.All(calculator.Raw(sum.AsSpan(0, engine.SingleLength)), number => Assert.True(number < 2 * N));
        }
    }

    [Fact]
    public void Operations_OnNumbersThatDoNotFit_AreRefused()
    {
        Plaintexts two = new(2, Key.Words), three = new(3, Key.Words), tooLong = new(2, Key.Words + 1), tooLarge = TestKeys.Residues(Key, 1, N);
        Func<Plaintexts, Plaintexts, Plaintexts>[] operations = [(x, y) => Residues.Dot(Key, x, y), (x, y) => Residues.Add(Key, x, y)];
        foreach (var operation in operations)
        {
            Assert.Contains("2 numbers and 3.", Assert.Throws<ArgumentException>("y", () => operation(two, three)).Message, StringComparison.Ordinal);
            Assert.Contains("3 numbers and 2.", Assert.Throws<ArgumentException>("y", () => operation(three, two)).Message, StringComparison.Ordinal);
            foreach (var other in new[] { tooLong, tooLarge })
            {
                Assert.Throws<ArgumentException>("plaintexts", () => operation(two, other));
                Assert.Throws<ArgumentException>("plaintexts", () => operation(other, two));
            }
        }
        foreach (var other in new[] { tooLong, tooLarge })
        {
            Assert.Throws<ArgumentException>("plaintexts", () => Residues.Negate(Key, other));
            Assert.Throws<ArgumentException>("plaintexts", () => Residues.TransposeTimes(Key, [1, 1], 1, other));
        }
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => Residues.TransposeTimes(Key, [], 0, two));
        Assert.Contains("3 entries; 2 x 2 expected", Assert.Throws<ArgumentException>("matrix", () => Residues.TransposeTimes(Key, [1, 2, 3], 2, two)).Message, StringComparison.Ordinal);
    }

    internal static BigInteger[] Numbers(Plaintexts x) => [.. Enumerable.Range(0, x.Count).Select(i => TestKeys.Integer(x[i]))];
}
