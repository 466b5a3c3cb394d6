using System.Security.Cryptography;
using Coterie.Cryptography.Identity;

namespace Coterie.Tests.Cryptography.Identity;

public sealed class DerivedKeyTests
{
    [Fact]
    public void DeriveKey_SameIdentityAndPurpose_IsTheSameAfterARestart()
    {
        using var identity = PartyIdentity.Create();
        using var again = PartyIdentity.ImportPrivateKey(identity.ExportPrivateKey());
        Assert.Equal(32, identity.DeriveKey("a").Length);
        Assert.Equal(identity.DeriveKey("a"), again.DeriveKey("a"));
    }

    [Fact]
    public void DeriveKey_OtherPurposeOrIdentity_IsAnother()
    {
        using var identity = PartyIdentity.Create();
        using var other = PartyIdentity.Create();
        Assert.NotEqual(identity.DeriveKey("a"), identity.DeriveKey("b"));
        Assert.NotEqual(identity.DeriveKey("a"), other.DeriveKey("a"));
    }

    /// <summary>RFC 5869 over the private number, computed step by step.</summary>
    [Fact]
    public void DeriveKey_OfAKnownKey_IsHkdfOfTheNumber()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var identity = PartyIdentity.ImportPrivateKey(key.ExportPkcs8PrivateKey());
        var extracted = HMACSHA256.HashData("coterie identity storage v1"u8, key.ExportParameters(true).D!);
        Assert.Equal(HMACSHA256.HashData(extracted, (byte[])[.. "purpose"u8, 1]), identity.DeriveKey("purpose"));
    }
}
