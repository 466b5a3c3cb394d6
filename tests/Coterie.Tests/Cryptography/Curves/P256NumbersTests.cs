using System.Numerics;
using System.Runtime.Intrinsics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Curves;

namespace Coterie.Tests.Cryptography.Curves;

public sealed class P256NumbersTests
{
    private const int Lanes = P256Numbers.Lanes;
    private static readonly BigInteger Prime = CurvePoints.ToInteger(P256Numbers.Prime);

    /// <summary>The ends of the range, words of ones and zeros, and random numbers.</summary>
    private static readonly BigInteger[] Numbers =
    [
        0, 1, 2, Prime - 1, Prime - 2, (Prime - 1) / 2, (BigInteger.One << 255) - 1, BigInteger.One << 255, (BigInteger.One << 192) - 1, BigInteger.One << 96, (BigInteger.One << 224) - 1, (BigInteger.One << 26) - 1, BigInteger.One << 234,
        .. Enumerable.Range(0, 27).Select(_ => new BigInteger(CryptographicRandom.Instance.Bytes(40), isUnsigned: true) % Prime),
    ];

    [Fact]
    public void Prime_IsThatOfTheStandard() =>
        Assert.Equal((BigInteger.One << 256) - (BigInteger.One << 224) + (BigInteger.One << 192) + (BigInteger.One << 96) - 1, Prime);

    [Fact]
    public void Store_OfLoad_IsTheNumber()
    {
        for (var first = 0; first < Numbers.Length; first += Lanes) Assert.Equal(Numbers[first..(first + Lanes)], Stored(Load(first)));
        Assert.Equal(Enumerable.Repeat(BigInteger.One, Lanes), Stored(in P256Numbers.One));
    }

    [Fact]
    public void Multiply_AllPairs_AgreesWithBigInteger()
    {
        for (var first = 0; first < Numbers.Length; first += Lanes)
            for (var second = 0; second < Numbers.Length; second++)
            {
                var (x, y) = (Load(first), P256Numbers.FromWords(CurvePoints.ToWords(Numbers[second])));
                P256Numbers.Multiply(in x, in y, out var z);
                Assert.Equal(Numbers[first..(first + Lanes)].Select(n => n * Numbers[second] % Prime), Stored(in z));
            }
    }

    /// <summary>Sums and differences before a product, as far as formulas for points go: up to 13 times as long on one side and 7 times on the other, either sign.</summary>
    [Theory]
    [InlineData(13, 7)]
    [InlineData(-13, 7)]
    [InlineData(7, -13)]
    [InlineData(-13, -7)]
    [InlineData(9, 9)]
    public void Multiply_LongSums_AgreesWithBigInteger(int left, int right)
    {
        for (var first = 0; first < Numbers.Length; first += Lanes)
        {
            var (x, y) = (Load(first), Load((first + Lanes) % Numbers.Length));
            var (a, b) = (Times(in x, left), Times(in y, right));
            P256Numbers.Multiply(in a, in b, out var z);
            Assert.Equal(Enumerable.Range(0, Lanes).Select(i => Modulo(left * right * Numbers[first + i] * Numbers[(first + Lanes + i) % Numbers.Length])), Stored(in z));
        }
    }

    /// <summary>The largest limbs a product is said to take: all of them at the bound, of every sign.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, 1)]
    [InlineData(-1, -1)]
    public void Multiply_LimbsAtTheBound_AgreesWithBigInteger(int leftSign, int rightSign)
    {
        var (left, right) = (leftSign * (1L << 30), rightSign * (long)Math.ScaleB(Math.Sqrt(2), 29));
        P256Numbers x = default, y = default;
        for (var i = 0; i < P256Numbers.Limbs; i++) (x[i], y[i]) = (Vector512.Create(left), Vector512.Create(right));
        P256Numbers.Multiply(in x, in y, out var z);
        var ones = Enumerable.Range(0, P256Numbers.Limbs).Aggregate(BigInteger.Zero, (sum, i) => sum + (BigInteger.One << (26 * i)));
        // Stored once more by R = 2^286: both factors were taken for numbers in Montgomery form.
        var inverse = BigInteger.ModPow(BigInteger.One << 286, Prime - 2, Prime);
        Assert.Equal(Enumerable.Repeat(Modulo(left * ones * right * ones * inverse * inverse), Lanes), Stored(in z));
    }

    [Fact]
    public void Invert_TimesTheNumber_IsOneAndZeroStaysZero()
    {
        for (var first = 0; first < Numbers.Length; first += Lanes)
        {
            var x = Load(first);
            P256Numbers.Invert(in x, out var inverse);
            P256Numbers.Multiply(in x, in inverse, out var product);
            Assert.Equal(Numbers[first..(first + Lanes)].Select(n => n.IsZero ? BigInteger.Zero : BigInteger.One), Stored(in product));
            Assert.Equal(Numbers[first..(first + Lanes)].Select(n => BigInteger.ModPow(n, Prime - 2, Prime)), Stored(in inverse));
        }
    }

    private static BigInteger Modulo(BigInteger number) => ((number % Prime) + Prime) % Prime;

    private static P256Numbers Times(in P256Numbers x, int times)
    {
        P256Numbers sum = default;
        for (var i = 0; i < Math.Abs(times); i++)
            if (times > 0) P256Numbers.Add(in sum, in x, out sum);
            else P256Numbers.Subtract(in sum, in x, out sum);
        return sum;
    }

    private static P256Numbers Load(int first) => P256Numbers.Load([.. Numbers[first..(first + Lanes)].SelectMany(CurvePoints.ToWords)]);

    private static IEnumerable<BigInteger> Stored(in P256Numbers numbers)
    {
        var words = new ulong[Lanes * P256Numbers.Words];
        P256Numbers.Store(in numbers, words);
        return [.. words.Chunk(P256Numbers.Words).Select(w => CurvePoints.ToInteger(w))];
    }
}
