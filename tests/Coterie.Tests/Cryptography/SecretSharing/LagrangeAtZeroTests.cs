using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;
using Coterie.Testing;

namespace Coterie.Tests.Cryptography.SecretSharing;

public sealed class LagrangeAtZeroTests
{
    [ReferenceFact]
    public void SharesAndCoefficients_OfTheReferenceCase_AreEqual()
    {
        var cases = References.Results("shamir.json").GetProperty("cases").EnumerateArray()
            .Where(c => Number(c.GetProperty("prime")) == Mersenne61.Prime).ToArray();
        Assert.NotEmpty(cases);
        foreach (var one in cases)
        {
            var coefficients = Numbers(one.GetProperty("coefficients_low_first"));
            var shares = one.GetProperty("shares").EnumerateArray().ToDictionary(s => s[0].GetInt32(), s => Number(s[1]));
            foreach (var (point, value) in shares) Assert.Equal(value, Shamir.Evaluate(coefficients, point));
            int[] subset = [.. one.GetProperty("random_subset").GetProperty("x").EnumerateArray().Select(x => x.GetInt32())];
            var lagrange = new LagrangeAtZero(subset);
            Assert.Equal(Numbers(one.GetProperty("lagrange_at_0_for_subset")), lagrange.Coefficients.ToArray());
            Assert.Equal(Number(one.GetProperty("secret")), lagrange.Combine([.. subset.Select(x => shares[x])]));
            int[] below = [.. Enumerable.Range(1, one.GetProperty("threshold").GetInt32() - 1)];
            Assert.Equal(Number(one.GetProperty("with_t_minus_1_shares_gives")), new LagrangeAtZero(below).Combine([.. below.Select(x => shares[x])]));
            ulong[] altered = [.. subset.Select(x => shares[x])];
            altered[0] = Mersenne61.Add(altered[0], 1);
            Assert.Equal(Number(one.GetProperty("first_share_plus_1_gives")), lagrange.Combine(altered));
        }
    }

    [Fact]
    public void Reconstruct_OfManySecretsFromOneSetOfPoints_GivesEach()
    {
        int[] points = [4, 9, 2];
        var lagrange = new LagrangeAtZero(points);
        for (var i = 0; i < 10; i++)
        {
            var secret = CryptographicRandom.Instance.Bytes(32);
            Assert.Equal(secret, lagrange.Reconstruct(Shamir.Split(secret, 3, points, CryptographicRandom.Instance)));
        }
    }

    [Fact]
    public void Reconstruct_FromOtherPointsOrOrder_Throws()
    {
        var shares = Shamir.Split(new byte[32], 2, [1, 2, 3], CryptographicRandom.Instance);
        var lagrange = new LagrangeAtZero([1, 2]);
        Assert.Throws<ArgumentException>(() => lagrange.Reconstruct([shares[1], shares[0]]));
        Assert.Throws<ArgumentException>(() => lagrange.Reconstruct([shares[0], shares[2]]));
        Assert.Throws<ArgumentException>(() => lagrange.Reconstruct(shares));
    }

    [Fact]
    public void Reconstruct_OfAValueThatIsNoSecret_Throws()
    {
        var tooLarge = new SecretShare(1, 1UL << 56, 0, 0, 0, 0);
        Assert.Throws<CryptographicException>(() => new LagrangeAtZero([1]).Reconstruct([tooLarge]));
        var lastTooLarge = new SecretShare(1, 0, 0, 0, 0, 1UL << 32);
        Assert.Throws<CryptographicException>(() => new LagrangeAtZero([1]).Reconstruct([lastTooLarge]));
    }

    [Fact]
    public void Combine_OfWrongValues_Throws()
    {
        var lagrange = new LagrangeAtZero([1, 2]);
        Assert.Throws<ArgumentException>(() => lagrange.Combine([1]));
        Assert.Throws<ArgumentException>(() => lagrange.Combine([1, Mersenne61.Prime]));
    }

    private static ulong[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    private static ulong Number(JsonElement text) =>
        ulong.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
