using System.Numerics;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Public linear steps against big integers: whoever repeats them gets the same numbers.</summary>
public sealed class LinearStepsTests
{
    private static readonly PaillierPublicKey Key = Small.PublicKey;
    private static readonly BigInteger Square = BigInteger.Pow(Integer(Key.Modulus), 2);

    // Nine: one more than the widest block holds.
    private static readonly long[] Values = [3, -5, 0, 1, -1, 1L << 40, 7, 8, -9];

    [Fact]
    public void Negate_OfCiphertexts_IsTheirInverses()
    {
        var x = Encrypted(Key, Values);
        var before = Numbers(x);
        Assert.Equal(before.Select(c => Inverse(c, Square)), Numbers(Key.Negate(x)));
        Assert.Equal(before, Numbers(x));
    }

    [Fact]
    public void ScaleAll_ByEveryFactor_IsThatPower()
    {
        var x = Encrypted(Key, Values);
        var before = Numbers(x);
        foreach (var factor in new[] { BigInteger.One, 2, 3, 4, 6, 1024, 12345678901234567, BigInteger.One << 63, (BigInteger.One << 64) - 1, BigInteger.One << 64, (BigInteger.One << 64) + 1, 5 * (BigInteger.One << 64) })
            Assert.Equal(before.Select(c => BigInteger.ModPow(c, factor, Square)), Numbers(Key.ScaleAll(x, factor, new PaillierOptions(Threads: 2))));
        Assert.Equal(before, Numbers(x));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => Key.ScaleAll(x, 0));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => Key.ScaleAll(x, -1));
    }

    [Fact]
    public void Trivial_OfNumbers_IsOnePlusThemTimesTheModulus()
    {
        var n = Integer(Key.Modulus);
        BigInteger[] numbers = [0, 1, 2, n - 1, 5, 6, 7, 8, n / 2];
        Assert.Equal(numbers.Select(m => 1 + (m * n)), Numbers(Key.Trivial(Residues(Key, numbers))));
    }

    [Theory]
    [InlineData(1, 1, 9)]
    [InlineData(3, 5, 1)]
    [InlineData(4, 7, 9)]
    [InlineData(2, 3, 8)]
    public void Slotted_Ciphertexts_ArePowersOfTwoOfThem(int slots, int slotBits, int count)
    {
        var x = Encrypted(Key, Values[..count]);
        var before = Numbers(x);
        var expected = Enumerable.Range(0, slots).SelectMany(slot => before.Select(c => BigInteger.ModPow(c, BigInteger.One << (slot * slotBits), Square)));
        Assert.Equal(expected, Numbers(Key.Slotted(x, slots, slotBits)));
        // Lanes that hold no ciphertext hold a unit: inverting reads them too.
        Assert.Equal(expected.Select(c => Inverse(c, Square)), Numbers(Key.Negate(Key.Slotted(x, slots, slotBits))));
        Assert.Equal(before, Numbers(x));
    }

    [Fact]
    public void Slotted_WithoutSlotsOrBits_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("slots", () => Key.Slotted(Encrypted(Key, 1), 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("slotBits", () => Key.Slotted(Encrypted(Key, 1), 1, 0));
    }

    [Fact]
    public void LinearSteps_OnAnotherKeysNumbers_AreRefused()
    {
        var foreign = Encrypted(Other.PublicKey, 1);
        var tooLarge = Residues(Key, Integer(Key.Modulus));
        Assert.All(
            new Action[] { () => Key.Negate(foreign), () => Key.ScaleAll(foreign, 1), () => Key.ScaleAll(foreign, 2), () => Key.Slotted(foreign, 1, 1) },
            step => Assert.Contains("under another key", Assert.Throws<ArgumentException>("x", step).Message, StringComparison.Ordinal));
        Assert.Contains("Plaintext 0 is not below the modulus", Assert.Throws<ArgumentException>("plaintexts", () => Key.Trivial(tooLarge)).Message, StringComparison.Ordinal);
    }
}
