using System.Numerics;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class PlaintextsTests
{
    [Fact]
    public void ToInt64s_OfBothEnds_AreThose()
    {
        var key = Small.PublicKey;
        long[] values = [long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue];
        Assert.Equal(values, Plaintexts.FromInt64(key, values).ToInt64s(key));
        Assert.Equal(values.Select(v => (BigInteger)v), values.Select((_, i) => Plaintexts.FromInt64(key, values).ToBigInteger(key, i)));
    }

    [Fact]
    public void ToInt64s_BeyondTheEnds_NamesTheNumber()
    {
        var key = Small.PublicKey;
        foreach (var beyond in new[] { (BigInteger)long.MaxValue + 1, (BigInteger)long.MinValue - 1, BigInteger.One << 64, -(BigInteger.One << 64), (BigInteger.One << 64) + 1, (BigInteger.One << 128) + 5 })
        {
            var plaintexts = Plaintexts.FromBigIntegers(key, [0, beyond]);
            Assert.Contains("Plaintext 1 ", Assert.Throws<OverflowException>(() => plaintexts.ToInt64s(key)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FromBigIntegers_AtHalfOfTheModulus_TakesWhatIsBelow()
    {
        var key = Small.PublicKey;
        var half = Integer(key.Modulus) / 2;
        BigInteger[] ends = [half, -half];
        var plaintexts = Plaintexts.FromBigIntegers(key, ends);
        Assert.Equal(ends, ends.Select((_, i) => plaintexts.ToBigInteger(key, i)));
        foreach (var beyond in new[] { half + 1, -half - 1 })
            Assert.Contains("Plaintext 2 ", Assert.Throws<ArgumentOutOfRangeException>(() => Plaintexts.FromBigIntegers(key, [0, 1, beyond])).Message, StringComparison.Ordinal);
    }

    /// <summary>Zero is zero and not the modulus, which no key takes.</summary>
    [Fact]
    public void FromBigIntegers_OfZero_IsZero() => Assert.All(Plaintexts.FromBigIntegers(Small.PublicKey, [0]).Words.ToArray(), word => Assert.Equal(0UL, word));

    [Fact]
    public void Conversions_WithoutAKey_AreRefused()
    {
        Assert.Throws<ArgumentNullException>("key", () => Plaintexts.FromInt64(null!, [1]));
        Assert.Throws<ArgumentNullException>("key", () => Plaintexts.FromBigIntegers(null!, [1]));
        Assert.Throws<ArgumentNullException>("key", () => new Plaintexts(1, 1).ToBigInteger(null!, 0));
        Assert.Throws<ArgumentNullException>("key", () => new Plaintexts(1, 1).ToInt64s(null!));
    }

    [Fact]
    public void Head_OfSome_IsACopyOfTheFirst()
    {
        var key = Small.PublicKey;
        var plaintexts = Plaintexts.FromInt64(key, [1, -2, 3]);
        var head = plaintexts.Head(2);
        plaintexts.Words.Clear();
        Assert.Equal([1, -2], head.ToInt64s(key));
        Assert.Equal(3, plaintexts.Head(3).Count);
        Assert.Equal(0, plaintexts.Head(0).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => plaintexts.Head(4));
    }

    [Fact]
    public void Constructor_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Plaintexts(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Plaintexts(1, 0));
        Assert.Equal((0, 1), (new Plaintexts(0, 1).Count, new Plaintexts(0, 1).WordsEach));
    }
}
