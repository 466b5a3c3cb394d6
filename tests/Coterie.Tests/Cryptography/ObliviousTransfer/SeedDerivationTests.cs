using System.Security.Cryptography;
using System.Text;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class SeedDerivationTests
{
    /// <summary>By the framework's cipher: the last block of the digest's CBC encryption from zero.</summary>
    [Fact]
    public void Keys_OfAPurpose_AreItsMacUnderEveryKey()
    {
        UInt128[] keys = [0, 1, UInt128.MaxValue, new(0x0123456789ABCDEF, 0xFEDCBA9876543210)];
        var derived = SeedDerivation.Keys(keys, "round/3"u8);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("coterie derived key v2round/3"));
        for (var i = 0; i < keys.Length; i++)
        {
            var key = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(key, keys[i]);
            using var cipher = Aes.Create();
            cipher.Key = key;
            Assert.Equal(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(cipher.EncryptCbc(digest, new byte[16], PaddingMode.None).AsSpan(16)), derived[i]);
        }
    }

    [Fact]
    public void Keys_OfOtherPurposes_HaveNothingInCommon()
    {
        UInt128[] keys = [5, 6];
        var all = new[] { "a"u8.ToArray(), "b"u8.ToArray(), [], "aa"u8.ToArray() }.SelectMany(p => SeedDerivation.Keys(keys, p)).Concat(keys).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal([5, 6], keys);
    }
}
