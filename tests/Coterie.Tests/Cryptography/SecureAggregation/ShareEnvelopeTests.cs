using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class ShareEnvelopeTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;
    private static readonly PartyId Ada = new("ada");
    private static readonly PartyId Bob = new("bob");
    private static readonly RoundContext Context = new("run", new StepTag("learner/0"), new byte[32]);
    private static readonly SharePair Pair = new(new SecretShare(2, 1, 2, 3, 4, 5), new SecretShare(2, 6, 7, 8, 9, 10));

    [Fact]
    public void Open_ByTheRecipient_GivesTheShares()
    {
        using RoundKeys ada = RoundKeys.Create(Random), bob = RoundKeys.Create(Random);
        var sealedPair = ShareEnvelope.Seal(ada.AgreeToSend(Context, Ada, Bob, bob.ChannelPublicKey.AsSpan()), Context, Ada, Bob, Pair, Random);
        Assert.Equal(ShareEnvelope.Length, sealedPair.Length);
        Assert.Equal(Pair, ShareEnvelope.Open(bob.AgreeToReceive(Context, Bob, Ada, ada.ChannelPublicKey.AsSpan()), Context, Ada, Bob, sealedPair));
    }

    [Fact]
    public void Open_WithTheKeyOfTheOtherDirection_Throws()
    {
        using RoundKeys ada = RoundKeys.Create(Random), bob = RoundKeys.Create(Random);
        var sealedPair = ShareEnvelope.Seal(ada.AgreeToSend(Context, Ada, Bob, bob.ChannelPublicKey.AsSpan()), Context, Ada, Bob, Pair, Random);
        var wrong = bob.AgreeToSend(Context, Bob, Ada, ada.ChannelPublicKey.AsSpan());
        Assert.ThrowsAny<CryptographicException>(() => ShareEnvelope.Open(wrong, Context, Ada, Bob, sealedPair));
    }

    [Fact]
    public void Open_OfAnyAlteredByteOrLength_Throws()
    {
        var key = Random.Bytes(32);
        var envelope = ShareEnvelope.Seal(key, Context, Ada, Bob, Pair, Random);
        for (var i = 0; i < envelope.Length; i++)
        {
            envelope[i] ^= 0x10;
            Assert.ThrowsAny<CryptographicException>(() => ShareEnvelope.Open(key, Context, Ada, Bob, envelope));
            envelope[i] ^= 0x10;
        }
        foreach (var bad in new[] { [], envelope[..^1], [.. envelope, 0] })
            Assert.ThrowsAny<CryptographicException>(() => ShareEnvelope.Open(key, Context, Ada, Bob, bad));
        Assert.Equal(Pair, ShareEnvelope.Open(key, Context, Ada, Bob, envelope));
    }

    [Fact]
    public void Open_ForAnotherRunStepSenderOrRecipient_Throws()
    {
        var key = Random.Bytes(32);
        var envelope = ShareEnvelope.Seal(key, Context, Ada, Bob, Pair, Random);
        var carol = new PartyId("carol");
        (RoundContext, PartyId, PartyId)[] wrong =
        [
            (new("run 2", Context.Step, Context.ModelHash), Ada, Bob), (new("run", new StepTag("learner/1"), Context.ModelHash), Ada, Bob),
            (Context, Bob, Ada), (Context, carol, Bob), (Context, Ada, carol),
        ];
        foreach (var (context, sender, recipient) in wrong)
            Assert.ThrowsAny<CryptographicException>(() => ShareEnvelope.Open(key, context, sender, recipient, envelope));
    }

    [Fact]
    public void Open_OfSharesAtDifferentPoints_Throws()
    {
        var key = Random.Bytes(32);
        var envelope = ShareEnvelope.Seal(key, Context, Ada, Bob, Pair with { MaskKey = new SecretShare(3, 0, 0, 0, 0, 0) }, Random);
        Assert.Throws<CryptographicException>(() => ShareEnvelope.Open(key, Context, Ada, Bob, envelope));
    }

    [Fact]
    public void Seal_Twice_UsesOtherNonces()
    {
        var key = Random.Bytes(32);
        Assert.NotEqual(ShareEnvelope.Seal(key, Context, Ada, Bob, Pair, Random)[..12], ShareEnvelope.Seal(key, Context, Ada, Bob, Pair, Random)[..12]);
    }

    [Fact]
    public void SealAndOpen_WithAnotherKeyLength_Throw()
    {
        Assert.Throws<ArgumentException>(() => ShareEnvelope.Seal(new byte[16], Context, Ada, Bob, Pair, Random));
        Assert.Throws<ArgumentException>(() => ShareEnvelope.Open(new byte[16], Context, Ada, Bob, new byte[ShareEnvelope.Length]));
    }
}
