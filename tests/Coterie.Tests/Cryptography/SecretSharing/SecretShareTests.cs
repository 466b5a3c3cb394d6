using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Tests.Cryptography.SecretSharing;

public sealed class SecretShareTests
{
    private static readonly SecretShare Share = new(0x01020304, 1, 2, 3, 4, Mersenne61.Prime - 1);

    [Fact]
    public void Decode_OfAnEncoding_GivesTheShare()
    {
        var encoded = new byte[SecretShare.EncodedLength];
        Share.Encode(encoded);
        Assert.Equal(44, encoded.Length);
        Assert.Equal("04030201" + "0100000000000000" + "0200000000000000" + "0300000000000000" + "0400000000000000" + "FEFFFFFFFFFFFF1F", Convert.ToHexString(encoded));
        Assert.Equal(Share, SecretShare.Decode(encoded));
    }

    [Fact]
    public void Decode_OfOtherLengthsPointsOrNumbers_Throws()
    {
        var encoded = new byte[SecretShare.EncodedLength];
        Share.Encode(encoded);
        Assert.Throws<CryptographicException>(() => SecretShare.Decode(encoded.AsSpan(1)));
        Assert.Throws<CryptographicException>(() => SecretShare.Decode([.. encoded, 0]));
        foreach (var point in new[] { 0, -1 })
        {
            var wrong = (byte[])encoded.Clone();
            BinaryPrimitives.WriteInt32LittleEndian(wrong, point);
            Assert.Throws<CryptographicException>(() => SecretShare.Decode(wrong));
        }
        for (var limb = 0; limb < 5; limb++)
        {
            var wrong = (byte[])encoded.Clone();
            BinaryPrimitives.WriteUInt64LittleEndian(wrong.AsSpan(4 + (8 * limb)), Mersenne61.Prime);
            Assert.Throws<CryptographicException>(() => SecretShare.Decode(wrong));
        }
    }

    [Fact]
    public void Constructor_OfOutOfRangeValues_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SecretShare(0, 0, 0, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SecretShare(1, 0, 0, Mersenne61.Prime, 0, 0));
    }

    [Fact]
    public void Encode_IntoTooLittle_Throws() => Assert.Throws<ArgumentException>(() => Share.Encode(new byte[43]));

    [Fact]
    public void ToString_OfAShare_ShowsNoLimb() => Assert.Equal("share at 16909060", Share.ToString());
}
