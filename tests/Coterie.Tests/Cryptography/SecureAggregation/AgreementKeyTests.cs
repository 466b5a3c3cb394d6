using System.Security.Cryptography;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Tests.Cryptography.Curves;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class AgreementKeyTests
{
    private static readonly byte[] Salt = [1], Use = [2];

    /// <summary>One side makes its agreements ahead, the other one by one with the framework's Diffie-Hellman: they are the same, for every number of peers that fills lanes or does not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(17)]
    public void AgreeAhead_SomePeers_GivesWhatTheFrameworkGivesThem(int count)
    {
        var peers = Enumerable.Range(0, count).Select(_ => AgreementKey.Create()).ToArray();
        using var channel = AgreementKey.Create();
        using var mask = AgreementKey.Create();
        // Two keys side by side, as a participant has them.
        AgreementKey.AgreeAhead([.. peers.Select((p, i) => (i % 3 == 0 ? mask : channel, (ReadOnlyMemory<byte>)p.PublicKey.ToArray()))]);
        var derived = peers.Select((p, i) => (i % 3 == 0 ? mask : channel).Derive(p.PublicKey.AsSpan(), Salt, Use)).ToArray();
        for (var i = 0; i < count; i++) Assert.Equal(peers[i].Derive((i % 3 == 0 ? mask : channel).PublicKey.AsSpan(), Salt, Use), derived[i]);
        Assert.Equal(count, derived.Select(Convert.ToHexString).Distinct().Count());
        foreach (var peer in peers) peer.Dispose();
    }

    /// <summary>What was agreed ahead is used: with the private key gone nothing else could give it.</summary>
    [Fact]
    public void AgreeAhead_PublicKeyAfterwards_IsNotAgreedWithAgain()
    {
        using var own = AgreementKey.Create();
        using var peer = AgreementKey.Create();
        own.AgreeAhead([[.. peer.PublicKey]]);
        Assert.Single(Agreed(own));
        Assert.All(Agreed(own).Values, secret => Assert.Contains(secret, b => b != 0));
        var secret = Agreed(own).Values.Single();
        own.Dispose();
        Assert.All(secret, b => Assert.Equal(0, b));
        Assert.Empty(Agreed(own));
    }

    [Theory]
    [InlineData("zeros")]
    [InlineData("x + p")]
    [InlineData("twist")]
    public void AgreeAhead_WhatIsNoPoint_IsRefused(string kind)
    {
        using var own = AgreementKey.Create();
        using var peer = AgreementKey.Create();
        byte[] wrong = [4, .. P256PointsTests.NoPoint(kind)];
        Assert.Throws<CryptographicException>(() => own.AgreeAhead([[.. peer.PublicKey], wrong]));
        Assert.Throws<CryptographicException>(() => own.AgreeAhead([wrong[..64]]));
        Assert.Throws<CryptographicException>(() => own.AgreeAhead([[.. peer.PublicKey[..64]]]));
        Assert.False(AgreementKey.IsValidPublicKey(wrong));
    }

    private static Dictionary<string, byte[]> Agreed(AgreementKey key) =>
        (Dictionary<string, byte[]>)typeof(AgreementKey).GetField("_agreed", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(key)!;
}
