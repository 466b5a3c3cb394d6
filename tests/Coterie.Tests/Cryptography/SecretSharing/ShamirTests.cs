using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Tests.Cryptography.SecretSharing;

public sealed class ShamirTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 3)]
    [InlineData(5, 5)]
    [InlineData(45, 74)]
    [InlineData(200, 301)]
    public void Reconstruct_FromAnyThresholdOfShares_GivesTheSecret(int threshold, int count)
    {
        var secret = Random.Bytes(32);
        int[] points = [.. Enumerable.Range(1, count)];
        var shares = Shamir.Split(secret, threshold, points, Random);
        Assert.Equal(points, shares.Select(s => s.Point));
        for (var trial = 0; trial < 5; trial++)
        {
            RandomNumberGenerator.Shuffle(shares.AsSpan());
            Assert.Equal(secret, Shamir.Reconstruct(shares[..threshold], threshold));
        }
        Assert.Equal(secret, Shamir.Reconstruct(shares, threshold));
    }

    [Fact]
    public void Reconstruct_FromExtremePointsAndSecrets_GivesTheSecret()
    {
        int[] points = [int.MaxValue, 1, int.MaxValue - 1, 7];
        foreach (var filling in new byte[] { 0x00, 0xFF, 0x80 })
        {
            byte[] secret = [.. Enumerable.Repeat(filling, 32)];
            Assert.Equal(secret, Shamir.Reconstruct(Shamir.Split(secret, 4, points, Random), 4));
        }
    }

    [Fact]
    public void Reconstruct_BelowTheThreshold_DoesNotGiveTheSecret()
    {
        var secret = Random.Bytes(32);
        var shares = Shamir.Split(secret, 4, [1, 2, 3, 4, 5], Random);
        AssertNot(secret, shares[..3], 3);
        AssertNot(secret, shares[..1], 1);
    }

    [Fact]
    public void ThresholdMinusOneShares_WithAnySecretWhatever_AreConsistent()
    {
        // For every candidate there is exactly one value at a further point that completes the t - 1 shares to it, so those
        // shares say nothing: a secret and the values a party does not hold determine each other.
        const int threshold = 5;
        var known = Shamir.Split(Random.Bytes(32), threshold, [1, 2, 3, 4, 5, 6, 7], Random)[1..threshold];
        byte[][] candidates = [new byte[32], [.. Enumerable.Repeat((byte)0xFF, 32)], Random.Bytes(32), Random.Bytes(32)];
        foreach (var candidate in candidates)
        {
            var completed = known.Append(Complete(known, candidate, point: 9)).ToArray();
            Assert.Equal(candidate, Shamir.Reconstruct(completed, threshold));
        }
    }

    [Fact]
    public void Split_OfOneSecret_GivesUniformShares()
    {
        // Of 4,096 first limbs, each sixteenth of the field gets 256 expected; 130 away is over eight standard deviations.
        var secret = new byte[32];
        foreach (var threshold in new[] { 2, 3 })
        {
            var counts = new int[16];
            for (var i = 0; i < 4096; i++) counts[Shamir.Split(secret, threshold, [1, 2, 3], Random)[1].Limb0 >> 57]++;
            Assert.All(counts, c => Assert.InRange(c, 126, 386));
        }
    }

    [Fact]
    public void Split_Twice_GivesOtherShares()
    {
        var secret = Random.Bytes(32);
        Assert.NotEqual(Shamir.Split(secret, 2, [1, 2], Random), Shamir.Split(secret, 2, [1, 2], Random));
    }

    [Fact]
    public void Reconstruct_WithAnAlteredShare_NeverGivesTheSecret()
    {
        var secret = Random.Bytes(32);
        var shares = Shamir.Split(secret, 3, [1, 2, 3], Random);
        var s = shares[1];
        shares[1] = new SecretShare(s.Point, s.Limb0, s.Limb1, s.Limb2, s.Limb3, Mersenne61.Add(s.Limb4, 1));
        AssertNot(secret, shares, 3);
    }

    [Fact]
    public void Split_OfWrongArguments_Throws()
    {
        var secret = new byte[32];
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(new byte[31], 1, [1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(new byte[33], 1, [1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 0, [1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 2, [1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 1, [], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 2, [0, 1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 2, [-1, 1], Random));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Split(secret, 2, [3, 1, 3], Random));
    }

    [Fact]
    public void Reconstruct_FromTooFewOrRepeatedShares_Throws()
    {
        var shares = Shamir.Split(new byte[32], 3, [1, 2, 3], Random);
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Reconstruct(shares[..2], 3));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Reconstruct([shares[0], shares[1], shares[0]], 3));
        Assert.ThrowsAny<ArgumentException>(() => Shamir.Reconstruct([], 0));
    }

    private static SecretShare Complete(SecretShare[] known, byte[] candidate, int point)
    {
        // A sharing with threshold 1 is the constant: its share holds the candidate's limbs.
        var constant = Shamir.Split(candidate, 1, [1], Random)[0];
        var lagrange = new LagrangeAtZero([.. known.Select(s => s.Point), point]);
        ulong Value(Func<SecretShare, ulong> limb)
        {
            var partial = lagrange.Combine([.. known.Select(limb), 0]);
            return Mersenne61.Multiply(Mersenne61.Subtract(limb(constant), partial), Mersenne61.Invert(lagrange.Coefficients[^1]));
        }
        return new SecretShare(point, Value(s => s.Limb0), Value(s => s.Limb1), Value(s => s.Limb2), Value(s => s.Limb3), Value(s => s.Limb4));
    }

    private static void AssertNot(byte[] secret, SecretShare[] shares, int threshold)
    {
        try
        {
            Assert.NotEqual(secret, Shamir.Reconstruct(shares, threshold));
        }
        catch (CryptographicException)
        {
            // What comes out is mostly no secret at all, and refused as such.
        }
    }
}
