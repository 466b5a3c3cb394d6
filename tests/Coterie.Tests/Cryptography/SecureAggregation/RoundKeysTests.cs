using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class RoundKeysTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;
    private static readonly PartyId Ada = new("ada");
    private static readonly RoundContext Context = new("run", new StepTag("s"), new byte[32]);
    private static readonly int[] Points = [1, 2, 3];

    [Fact]
    public void Create_Always_DrawsFreshKeys()
    {
        using RoundKeys first = RoundKeys.Create(Random), second = RoundKeys.Create(Random);
        var keys = new[] { first.ChannelPublicKey, first.MaskPublicKey, second.ChannelPublicKey, second.MaskPublicKey };
        Assert.All(keys, k => Assert.Equal(AgreementKey.PublicKeyLength, k.Length));
        Assert.Equal(4, keys.Select(k => Convert.ToHexString(k.AsSpan())).Distinct().Count());
        Assert.NotEqual(SelfMaskOf(first), SelfMaskOf(second));
    }

    [Fact]
    public void Import_OfAnExport_MasksAgreesAndDealsTheSame()
    {
        using RoundKeys keys = RoundKeys.Create(Random), bobs = RoundKeys.Create(Random);
        using var again = RoundKeys.Import(keys.Export());
        Assert.Equal(keys.ChannelPublicKey.AsSpan(), again.ChannelPublicKey.AsSpan());
        Assert.Equal(keys.MaskPublicKey.AsSpan(), again.MaskPublicKey.AsSpan());
        Assert.Equal(SelfMaskOf(keys), SelfMaskOf(again));
        var bob = new PartyId("bob");
        Assert.Equal(bobs.AgreeToReceive(Context, bob, Ada, keys.ChannelPublicKey.AsSpan()), again.AgreeToSend(Context, Ada, bob, bobs.ChannelPublicKey.AsSpan()));
        ulong[] first = new ulong[5], second = new ulong[5];
        keys.ApplyPairwiseMask(Context, Ada, bob, bobs.MaskPublicKey.AsSpan(), first);
        again.ApplyPairwiseMask(Context, Ada, bob, bobs.MaskPublicKey.AsSpan(), second);
        Assert.Equal(first, second);
        var secret = Random.Bytes(CryptographicRandom.SecretLength);
        Assert.Equal(Encoded(keys.SplitMaskKey(2, Points, CryptographicRandom.Expanding(secret))), Encoded(again.SplitMaskKey(2, Points, CryptographicRandom.Expanding(secret))));
        Assert.NotEqual(Encoded(keys.SplitMaskKey(2, Points, Random)), Encoded(again.SplitMaskKey(2, Points, Random)));
    }

    [Fact]
    public void Import_OfSomethingElse_IsRefused()
    {
        using var keys = RoundKeys.Create(Random);
        var exported = keys.Export();
        Assert.Throws<CryptographicException>(() => RoundKeys.Import(exported.AsSpan(1)));
        exported[0] ^= 1;   // the scalar is not that of its public key any more
        Assert.Throws<CryptographicException>(() => RoundKeys.Import(exported));
    }

    private static byte[] Encoded(SecretShare[] shares) => [.. shares.SelectMany(s =>
    {
        var bytes = new byte[SecretShare.EncodedLength];
        s.Encode(bytes);
        return bytes;
    })];

    [Fact]
    public void AgreeToSend_ToSeveralPeersAndAgain_IsThePairsKeyAndForgottenOnDisposal()
    {
        RoundKeys own = RoundKeys.Create(Random), bobs = RoundKeys.Create(Random), carols = RoundKeys.Create(Random);
        PartyId bob = new("bob"), carol = new("carol");
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(own.AgreeToSend(Context, Ada, bob, bobs.ChannelPublicKey.AsSpan()), bobs.AgreeToReceive(Context, bob, Ada, own.ChannelPublicKey.AsSpan()));
            Assert.Equal(own.AgreeToSend(Context, Ada, carol, carols.ChannelPublicKey.AsSpan()), carols.AgreeToReceive(Context, carol, Ada, own.ChannelPublicKey.AsSpan()));
            Assert.Equal(own.AgreeToReceive(Context, Ada, bob, bobs.ChannelPublicKey.AsSpan()), bobs.AgreeToSend(Context, bob, Ada, own.ChannelPublicKey.AsSpan()));
        }
        own.Dispose();
        Assert.Throws<ObjectDisposedException>(() => own.AgreeToSend(Context, Ada, bob, bobs.ChannelPublicKey.AsSpan()));
        bobs.Dispose();
        carols.Dispose();
    }

    [Fact]
    public void MaskKeyFromScalar_OfTheReconstructedShares_IsTheMaskKey()
    {
        using var keys = RoundKeys.Create(Random);
        var scalar = Shamir.Reconstruct(keys.SplitMaskKey(2, Points, Random)[1..], 2);
        using var mask = RoundKeys.MaskKeyFromScalar(scalar, keys.MaskPublicKey.AsSpan());
        Assert.Equal(keys.MaskPublicKey.AsSpan(), mask.PublicKey.AsSpan());
        Assert.Equal(scalar, mask.ExportScalar());
    }

    [Fact]
    public void MaskKeyFromScalar_ThatDoesNotBelongToThePoint_Throws()
    {
        using RoundKeys first = RoundKeys.Create(Random), second = RoundKeys.Create(Random);
        var scalar = Shamir.Reconstruct(first.SplitMaskKey(1, Points, Random), 1);
        Assert.Throws<CryptographicException>(() => RoundKeys.MaskKeyFromScalar(scalar, second.MaskPublicKey.AsSpan()));
        Assert.Throws<CryptographicException>(() => RoundKeys.MaskKeyFromScalar(scalar, first.MaskPublicKey.AsSpan()[1..]));
        scalar[31] ^= 1;
        Assert.Throws<CryptographicException>(() => RoundKeys.MaskKeyFromScalar(scalar, first.MaskPublicKey.AsSpan()));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")]   // the group's order
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01")]
    public void MaskKeyFromScalar_OutOfRange_Throws(string scalar)
    {
        using var keys = RoundKeys.Create(Random);
        Assert.ThrowsAny<CryptographicException>(() => RoundKeys.MaskKeyFromScalar(Convert.FromHexString(scalar), keys.MaskPublicKey.AsSpan()));
    }

    [Fact]
    public void SplitSelfMaskSeed_Reconstructed_GivesTheSelfMask()
    {
        using var keys = RoundKeys.Create(Random);
        var seed = Shamir.Reconstruct(keys.SplitSelfMaskSeed(3, Points, Random), 3);
        var vector = SelfMaskOf(keys);
        SelfMask.Subtract(Context, Ada, seed, vector);
        Assert.Equal(new ulong[9], vector);
    }

    [Fact]
    public void EverySecretUse_AfterDisposal_Throws()
    {
        var keys = RoundKeys.Create(Random);
        var peer = keys.MaskPublicKey.ToArray();
        keys.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keys.ApplySelfMask(Context, Ada, new ulong[1]));
        Assert.Throws<ObjectDisposedException>(() => keys.SplitSelfMaskSeed(1, Points, Random));
        Assert.Throws<ObjectDisposedException>(() => keys.SplitMaskKey(1, Points, Random));
        Assert.Throws<ObjectDisposedException>(() => keys.ApplyPairwiseMask(Context, Ada, new PartyId("bob"), peer, new ulong[1]));
    }

    private static ulong[] SelfMaskOf(RoundKeys keys)
    {
        var vector = new ulong[9];
        keys.ApplySelfMask(Context, Ada, vector);
        return vector;
    }
}
