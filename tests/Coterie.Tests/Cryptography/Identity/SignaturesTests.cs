using System.Security.Cryptography;
using Coterie.Cryptography.Identity;

namespace Coterie.Tests.Cryptography.Identity;

public sealed class SignaturesTests
{
    private const string Prefix = "3059301306072A8648CE3D020106082A8648CE3D030107034200";

    // RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample".
    private const string Point = "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
    private const string Signature = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";

    [Fact]
    public void Verify_OfThePublishedVector_IsTrue() =>
        Assert.True(Signatures.Verify(Convert.FromHexString(Prefix + Point), "sample"u8, Convert.FromHexString(Signature)));

    [Fact]
    public void Verify_OfWhatAnIdentitySigned_IsTrueForThatKeyAndDataOnly()
    {
        using var ada = PartyIdentity.Create();
        using var bob = PartyIdentity.Create();
        var signature = ada.Sign("roster"u8);
        Assert.Equal(Signatures.Length, signature.Length);
        Assert.True(Signatures.Verify(ada.PublicKey.AsSpan(), "roster"u8, signature));
        Assert.False(Signatures.Verify(bob.PublicKey.AsSpan(), "roster"u8, signature));
        Assert.False(Signatures.Verify(ada.PublicKey.AsSpan(), "rosters"u8, signature));
    }

    [Fact]
    public void Verify_OfAnAlteredSignature_IsFalse()
    {
        using var ada = PartyIdentity.Create();
        var signature = ada.Sign("roster"u8);
        for (var i = 0; i < signature.Length; i++)
        {
            signature[i] ^= 1;
            Assert.False(Signatures.Verify(ada.PublicKey.AsSpan(), "roster"u8, signature));
            signature[i] ^= 1;
        }
    }

    [Fact]
    public void Verify_OfMalformedSignatures_IsFalseAndDoesNotThrow()
    {
        using var ada = PartyIdentity.Create();
        var signature = ada.Sign("roster"u8);
        byte[][] malformed = [[], [.. signature, 0], signature[..63], new byte[64], [.. Enumerable.Repeat((byte)0xFF, 64)]];
        foreach (var bad in malformed) Assert.False(Signatures.Verify(ada.PublicKey.AsSpan(), "roster"u8, bad));
    }

    [Fact]
    public void Verify_UnderMalformedKeys_IsFalseAndDoesNotThrow()
    {
        using var ada = PartyIdentity.Create();
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var key = ada.PublicKey.ToArray();
        var signature = ada.Sign("roster"u8);
        var offCurve = (byte[])key.Clone();
        offCurve[^1] ^= 1;
        byte[][] malformed =
        [
            [], [0x30], key[..^1], [.. key, 0], [.. new byte[91]], offCurve, larger.ExportSubjectPublicKeyInfo(),
            [.. key[..27], .. new byte[64]], [0x31, .. key[1..]], [.. key[..26], 0x06, .. key[27..]], [.. key[..27], .. Enumerable.Repeat((byte)0xFF, 64)],
        ];
        foreach (var bad in malformed) Assert.False(Signatures.Verify(bad, "roster"u8, signature));
    }

    [Fact]
    public void Sign_AfterDisposal_Throws()
    {
        var ada = PartyIdentity.Create();
        ada.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ada.Sign("roster"u8));
    }
}
