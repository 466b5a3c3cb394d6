using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class AggregationKeysTests
{
    private static readonly PartyId Ada = new("ada");
    private static readonly PartyId Bob = new("bob");
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Model = [.. Enumerable.Range(32, 32).Select(i => (byte)i)];
    private static readonly RoundContext Context = new("run-7", new StepTag("learner/3"), Model);

    // ECDH from NIST's CAVS "ECC CDH Primitive", P-256, count 0; HKDF over the documented layout with Python's hmac.
    private const string PeerKey = "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac";
    private const string OwnScalar = "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534";
    private const string OwnKey = "04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b23028af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141";

    [Fact]
    public void AllKeys_OfFixedInputs_AreTheKnownKeys()
    {
        using var own = AgreementKey.FromScalar(Convert.FromHexString(OwnScalar), Convert.FromHexString(OwnKey));
        var peer = Convert.FromHexString(PeerKey);
        Assert.Equal(
            "45ce3a85495fde3b24ec813b737e53e6ec9b3fe951a70151886319637daeb18a",
            Convert.ToHexStringLower(AggregationKeys.SelfMask(Context, Ada, Seed)));
        Assert.Equal(
            "5aba584edc271435f3c8f43e580862077fcfccc0a86393e115ef82a7443bfb59",
            Convert.ToHexStringLower(AggregationKeys.PairwiseMask(Context, Bob, own, Ada, peer)));
        Assert.Equal(
            "41f74f6412699fda1fe57609837cf272face740d207176bc6c17f86388aaf24a",
            Convert.ToHexStringLower(AggregationKeys.ShareChannel(Context, sender: Bob, recipient: Ada, self: Bob, own, peer)));
    }

    [Fact]
    public void PairwiseMask_FromBothEnds_IsOneKey()
    {
        using AgreementKey ada = AgreementKey.Create(), bob = AgreementKey.Create();
        Assert.Equal(
            AggregationKeys.PairwiseMask(Context, Ada, ada, Bob, bob.PublicKey.AsSpan()),
            AggregationKeys.PairwiseMask(Context, Bob, bob, Ada, ada.PublicKey.AsSpan()));
    }

    [Fact]
    public void ShareChannel_FromBothEnds_IsOneKeyPerDirection()
    {
        using AgreementKey ada = AgreementKey.Create(), bob = AgreementKey.Create();
        var sent = AggregationKeys.ShareChannel(Context, Ada, Bob, Ada, ada, bob.PublicKey.AsSpan());
        Assert.Equal(sent, AggregationKeys.ShareChannel(Context, Ada, Bob, Bob, bob, ada.PublicKey.AsSpan()));
        Assert.NotEqual(sent, AggregationKeys.ShareChannel(Context, Bob, Ada, Bob, bob, ada.PublicKey.AsSpan()));
    }

    [Fact]
    public void Keys_BoundToAnythingElse_AllDiffer()
    {
        using AgreementKey ada = AgreementKey.Create(), bob = AgreementKey.Create();
        var peer = bob.PublicKey.ToArray();
        var carol = new PartyId("carol");
        RoundContext[] contexts =
        [
            Context, new("run-8", Context.Step, Model), new(Context.RunId, new StepTag("learner/4"), Model), new(Context.RunId, Context.Step, Seed),
            new("run-7learner", new StepTag("/3"), Model),
        ];
        var masks = contexts.Select(c => AggregationKeys.PairwiseMask(c, Ada, ada, Bob, peer))
            .Append(AggregationKeys.PairwiseMask(Context, Ada, ada, carol, peer))
            .Append(AggregationKeys.PairwiseMask(Context, carol, ada, Bob, peer));
        var selves = contexts.Select(c => AggregationKeys.SelfMask(c, Ada, Seed))
            .Append(AggregationKeys.SelfMask(Context, Bob, Seed))
            .Append(AggregationKeys.SelfMask(Context, Ada, Model));
        byte[][] channels = [AggregationKeys.ShareChannel(contexts[0], Ada, Bob, Ada, ada, peer), AggregationKeys.ShareChannel(contexts[1], Ada, Bob, Ada, ada, peer), AggregationKeys.ShareChannel(contexts[2], Ada, Bob, Ada, ada, peer)];
        string[] all = [.. masks.Concat(selves).Concat(channels).Select(Convert.ToHexString)];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Agree_WithOneselfOrAStranger_Throws()
    {
        using var key = AgreementKey.Create();
        var point = key.PublicKey.ToArray();
        Assert.Throws<ArgumentException>(() => AggregationKeys.PairwiseMask(Context, Ada, key, Ada, point));
        Assert.Throws<ArgumentException>(() => AggregationKeys.ShareChannel(Context, Ada, Bob, new PartyId("carol"), key, point));
        Assert.Throws<ArgumentException>(() => AggregationKeys.ShareChannel(Context, Ada, Ada, Ada, key, point));
        Assert.Throws<ArgumentException>(() => AggregationKeys.SelfMask(Context, Ada, new byte[31]));
        Assert.Throws<ArgumentException>(() => new RoundContext("run", new StepTag("s"), new byte[31]));
    }

    [Fact]
    public void Agree_WithWhatIsNoPointOfTheCurve_Throws()
    {
        using AgreementKey own = AgreementKey.Create(), other = AgreementKey.Create();
        var point = other.PublicKey.ToArray();
        var offCurve = (byte[])point.Clone();
        offCurve[64] ^= 1;
        byte[] xTooLarge = [4, .. Enumerable.Repeat((byte)0xFF, 32), .. point[33..]];
        byte[][] invalid =
        [
            [], [0], new byte[65], [4, .. new byte[64]], offCurve, xTooLarge, point[..64], [.. point, 0],
            [2, .. point[1..33]], [6, .. point[1..]], point[1..],
        ];
        foreach (var bad in invalid)
        {
            Assert.ThrowsAny<CryptographicException>(() => AggregationKeys.PairwiseMask(Context, Ada, own, Bob, bad));
            Assert.ThrowsAny<CryptographicException>(() => AggregationKeys.ShareChannel(Context, Ada, Bob, Ada, own, bad));
            Assert.False(AgreementKey.IsValidPublicKey(bad));
        }
        Assert.True(AgreementKey.IsValidPublicKey(point));
    }

    [Fact]
    public void IsValidPublicKey_FreshGeneratedAndShifted_AgreesWithTheFrameworksImport()
    {
        const string Generator = "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5";
        Assert.True(AgreementKey.IsValidPublicKey(Convert.FromHexString(Generator)));
        // (0, sqrt b) is a point, (p, sqrt b) the same one named wrongly: coordinates lie below p.
        const string RootOfB = "66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4";
        const string Prime = "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF";
        Assert.True(AgreementKey.IsValidPublicKey(Convert.FromHexString("04" + new string('0', 64) + RootOfB)));
        Assert.False(AgreementKey.IsValidPublicKey(Convert.FromHexString("04" + Prime + RootOfB)));
        using var own = AgreementKey.Create();
        for (var i = 0; i < 16; i++)
        {
            using var key = AgreementKey.Create();
            var point = key.PublicKey.ToArray();
            Assert.True(AgreementKey.IsValidPublicKey(point));
            point[1 + (4 * i)] ^= (byte)(1 << (i % 8));
            Assert.False(AgreementKey.IsValidPublicKey(point));
            Assert.ThrowsAny<CryptographicException>(() => AggregationKeys.PairwiseMask(Context, Ada, own, Bob, point));
        }
    }
}
