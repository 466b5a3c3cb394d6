using System.Collections.Immutable;
using Coterie.Cryptography.Identity;

namespace Coterie.Tests.Cryptography.Identity;

public sealed class VerifyingKeyTests
{
    [Fact]
    public void Verify_ManyTimes_JudgesEverySignatureAsSignaturesDoes()
    {
        using PartyIdentity ada = PartyIdentity.Create(), bob = PartyIdentity.Create();
        var key = new VerifyingKey(ada.PublicKey);
        for (var i = 0; i < 3; i++)
        {
            byte[] data = [(byte)i];
            var signature = ada.Sign(data);
            byte[] altered = [.. signature];
            altered[^1] ^= 1;
            Assert.True(key.Verify(data, signature));
            Assert.False(key.Verify([9], signature));
            Assert.False(key.Verify(data, bob.Sign(data)));
            Assert.False(key.Verify(data, altered));
            Assert.False(key.Verify(data, signature.AsSpan(1)));
            Assert.False(key.Verify(data, new byte[Signatures.Length]));
        }
    }

    [Fact]
    public void Verify_UnderAMalformedKey_IsFalse()
    {
        using var ada = PartyIdentity.Create();
        var signature = ada.Sign("data"u8);
        ImmutableArray<byte> offCurve = [.. ada.PublicKey[..^1], (byte)(ada.PublicKey[^1] ^ 1)];
        foreach (var bad in (ImmutableArray<byte>[])[[], offCurve, [.. ada.PublicKey, 0], ada.PublicKey[1..]])
            Assert.False(new VerifyingKey(bad).Verify("data"u8, signature));
    }

    [Fact]
    public void Verify_FromManyThreads_JudgesRight()
    {
        using var ada = PartyIdentity.Create();
        var key = new VerifyingKey(ada.PublicKey);
        var signature = ada.Sign("data"u8);
        Parallel.For(0, 200, i => Assert.Equal(i % 2 == 0, key.Verify(i % 2 == 0 ? "data"u8 : "date"u8, signature)));
    }
}
