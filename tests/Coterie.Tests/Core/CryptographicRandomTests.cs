using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class CryptographicRandomTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Blocks computed with Python's hmac and OpenSSL's enc -aes-256-ecb from the definition in the type's comment.</summary>
    [Fact]
    public void Fill_ExpandingASecret_GivesTheDefinedStream()
    {
        var random = CryptographicRandom.Expanding(Secret);
        Assert.Equal(
            "541938e5f8c534f7c669ff9b3afb65283609dd057bc7f305622c1da2e261a05bac36c49f24348d1749555fc507067af17aff02b3ef96c9e1312f278ecd6ca946",
            Convert.ToHexStringLower(random.Bytes(64)));
    }

    [Fact]
    public void Fill_Again_GoesOnInsteadOfRepeating()
    {
        CryptographicRandom once = CryptographicRandom.Expanding(Secret), again = CryptographicRandom.Expanding(Secret);
        Assert.NotEqual(once.Bytes(32), once.Bytes(32));
        Assert.Equal(CryptographicRandom.Expanding(Secret).Bytes(7), again.Bytes(7));
    }

    /// <summary>The first 200,000 bytes, asked for in other pieces.</summary>
    [Theory]
    [InlineData(200_000)]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(5000)]
    public void Fill_InPieces_GivesTheSameStream(int piece)
    {
        var random = CryptographicRandom.Expanding(Secret);
        var stream = new byte[200_000];
        for (var at = 0; at < stream.Length; at += piece) random.Fill(stream.AsSpan(at, Math.Min(piece, stream.Length - at)));
        Assert.Equal("a5928edc315a1a6e05ee4480014ef1f93068f41c52e45def46c310f7bdfd45e1", Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Expanding_NotThirtyTwoBytes_IsRefused(int length) => Assert.Throws<ArgumentException>(() => CryptographicRandom.Expanding(new byte[length]));
}
