using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class CryptographicRandomTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Blocks computed with Python's hmac and hashlib from the definition in the type's comment.</summary>
    [Fact]
    public void Fill_ExpandingASecret_GivesTheDefinedStream()
    {
        var random = CryptographicRandom.Expanding(Secret);
        Assert.Equal(
            "a480476a81c825d6df33f94eb8b57ee24d3356f965108ba381605063a1ff0478f730e80ca70332f4e6dd82ad424953d6402d48c03d1b59d905c73e0a38d024f3",
            Convert.ToHexStringLower(random.Bytes(64)));
    }

    [Fact]
    public void Fill_Again_GoesOnInsteadOfRepeating()
    {
        CryptographicRandom once = CryptographicRandom.Expanding(Secret), again = CryptographicRandom.Expanding(Secret);
        Assert.NotEqual(once.Bytes(32), once.Bytes(32));
        Assert.Equal(CryptographicRandom.Expanding(Secret).Bytes(7), again.Bytes(7));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Expanding_NotThirtyTwoBytes_IsRefused(int length) => Assert.Throws<ArgumentException>(() => CryptographicRandom.Expanding(new byte[length]));
}
