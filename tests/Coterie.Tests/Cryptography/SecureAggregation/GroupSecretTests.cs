using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class GroupSecretTests
{
    private static readonly PartyId Ada = new("ada"), Ben = new("ben");

    private static RoundContext Context(string step = "run/learner/0", byte model = 0) => new("run", new StepTag(step), Enumerable.Repeat(model, 32).ToArray());

    private static GroupSecret Secret(byte ada = 1, byte ben = 2, string step = "run/group-key") =>
        GroupSecret.Combine(Context(step), [(Ada, Enumerable.Repeat(ada, 32).ToArray()), (Ben, Enumerable.Repeat(ben, 32).ToArray())]);

    private static ulong[] Mask(GroupSecret secret, RoundContext context, PartyId owner, int length = 8)
    {
        var mask = new ulong[length];
        secret.AddMask(context, owner, mask);
        return mask;
    }

    // Python 3.12, hmac and hashlib: HKDF-SHA256 of the parts, and HMAC-SHA256 of "digest" under the key derived for "group tag".
    [Fact]
    public void Combine_KnownParts_GivesTheKnownSecretAndTag()
    {
        using var secret = Secret();
        Assert.Equal("6d14b3b3d2fe8809dda2f0814dbcfc8efe945d1d366abe954885ddd948abf0d0", Convert.ToHexStringLower(secret.Export()));
        Assert.Equal("f0419b5d067ef2027f56f9a0f0a02ecab67dec270f04a782d6f45b645a6f5035", Convert.ToHexStringLower(secret.Tag(Context(), "digest"u8)));
    }

    [Fact]
    public void Combine_AnyPartOwnerOrStepDiffers_GivesAnotherSecret()
    {
        string[] secrets =
        [
            .. new[] { Secret(), Secret(ada: 3), Secret(ben: 3), Secret(step: "other/group-key"), GroupSecret.Combine(Context("run/group-key"), [(Ada, Enumerable.Repeat((byte)1, 32).ToArray())]) }
                .Select(s => Convert.ToHexString(s.Export())),
        ];
        Assert.Equal(secrets.Length, secrets.Distinct().Count());
    }

    [Fact]
    public void Combine_NoPartOrOneTwiceOrOfAnotherLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => GroupSecret.Combine(Context(), []));
        Assert.Throws<ArgumentException>(() => GroupSecret.Combine(Context(), [(Ada, new byte[32]), (Ada, new byte[32])]));
        Assert.Throws<ArgumentException>(() => GroupSecret.Combine(Context(), [(Ada, new byte[31])]));
    }

    [Fact]
    public void AddMask_OwnerStepOrModelDiffers_IsAnotherMask()
    {
        using var secret = Secret();
        ulong[][] masks = [Mask(secret, Context(), Ada), Mask(secret, Context(), Ben), Mask(secret, Context("run/learner/1"), Ada), Mask(secret, Context(model: 1), Ada)];
        Assert.Equal(masks.Length, masks.Select(m => string.Join(' ', m)).Distinct().Count());
    }

    [Fact]
    public void SubtractMask_OfASum_LeavesTheSum()
    {
        using var secret = Secret();
        using var elsewhere = GroupSecret.Import(secret.Export());
        ulong[] sum = [5, ulong.MaxValue, 7];
        secret.AddMask(Context(), Ada, sum);
        elsewhere.AddMask(Context(), Ben, sum);
        Assert.NotEqual<ulong>([5, ulong.MaxValue, 7], sum);
        elsewhere.SubtractMask(Context(), Ada, sum);
        secret.SubtractMask(Context(), Ben, sum);
        Assert.Equal<ulong>([5, ulong.MaxValue, 7], sum);
    }

    // A mask common to all would be multiplied by the number of participants: of four, the two lowest bits of every entry would not be hidden.
    [Fact]
    public void AddMask_OfFourParticipants_HidesTheLowestBits()
    {
        using var secret = Secret();
        var own = new ulong[4096];
        var common = new ulong[4096];
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            secret.AddMask(Context(), new PartyId(name), own);
            secret.AddMask(Context(), Ada, common);
        }
        Assert.All(common, v => Assert.Equal(0UL, v & 3));
        // Of 4096 fair pairs of bits a quarter is zero, with a deviation of 28: beyond six of them with a probability of 2e-9.
        Assert.InRange(own.Count(v => (v & 3) == 0), 1024 - 168, 1024 + 168);
    }

    [Fact]
    public void Tag_SameDigestOrNot_TellsThemApartAtItsStepOnly()
    {
        using var secret = Secret();
        using var other = Secret(ada: 9);
        Assert.Equal(secret.Tag(Context(), "model"u8), secret.Tag(Context(), "model"u8));
        Assert.NotEqual(secret.Tag(Context(), "model"u8), secret.Tag(Context(), "modem"u8));
        Assert.NotEqual(secret.Tag(Context(), "model"u8), secret.Tag(Context("run/learner/1"), "model"u8));
        Assert.NotEqual(secret.Tag(Context(), "model"u8), other.Tag(Context(), "model"u8));
    }

    [Fact]
    public void Dispose_Then_MasksNothing()
    {
        var secret = Secret();
        secret.Dispose();
        Assert.Throws<ObjectDisposedException>(() => secret.AddMask(Context(), Ada, new ulong[1]));
        Assert.Throws<ObjectDisposedException>(() => secret.Tag(Context(), "model"u8));
        Assert.Throws<ObjectDisposedException>(() => secret.Export());
    }

    [Fact]
    public void Open_PartAlteredRedirectedOrNotCommittedTo_IsRefused()
    {
        using RoundKeys ada = RoundKeys.Create(CryptographicRandom.Instance), ben = RoundKeys.Create(CryptographicRandom.Instance);
        var context = Context("run/group-key");
        var part = ada.ExportSeed();
        var key = ada.AgreeToSend(context, Ada, Ben, ben.ChannelPublicKey.AsSpan());
        var opening = ben.AgreeToReceive(context, Ben, Ada, ada.ChannelPublicKey.AsSpan());
        var envelope = GroupPart.Seal(key, context, Ada, Ben, part, CryptographicRandom.Instance);
        var commitment = ada.CommitToSelfMask(context, Ada);
        Assert.Equal(GroupPart.EnvelopeLength, envelope.Length);
        Assert.Equal(part, GroupPart.Open(opening, context, Ada, Ben, envelope, commitment));
        Assert.ThrowsAny<CryptographicException>(() => GroupPart.Open(opening, context, Ada, Ben, envelope, ben.CommitToSelfMask(context, Ben)));
        Assert.ThrowsAny<CryptographicException>(() => GroupPart.Open(opening, context, Ada, new PartyId("cy"), envelope, commitment));
        Assert.ThrowsAny<CryptographicException>(() => GroupPart.Open(opening, Context("other/group-key"), Ada, Ben, envelope, commitment));
        Assert.ThrowsAny<CryptographicException>(() => GroupPart.Open(opening, context, Ada, Ben, envelope.AsSpan(1), commitment));
        envelope[20] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => GroupPart.Open(opening, context, Ada, Ben, envelope, commitment));
    }
}
