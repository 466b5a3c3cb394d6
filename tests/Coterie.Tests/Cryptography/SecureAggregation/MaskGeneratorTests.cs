using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class MaskGeneratorTests
{
    public static TheoryData<bool> Paths => AesCounterX86.IsSupported ? [false, true] : [false];

    // NIST SP 800-38A, F.5.5 (CTR-AES256.Encrypt).
    private const string Key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    private const string Plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
    private const string Cipher = "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

    [Theory]
    [MemberData(nameof(Paths))]
    public void Keystream_OfTheNistCounterVector_TurnsPlaintextIntoCiphertext(bool hardware)
    {
        var stream = Stream(Convert.FromHexString(Key), UInt128.Parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", System.Globalization.NumberStyles.HexNumber), 8, hardware);
        var plain = Convert.FromHexString(Plain);
        byte[] cipher = [.. plain.Select((b, i) => (byte)(b ^ stream[i]))];
        Assert.Equal(Cipher, Convert.ToHexStringLower(cipher));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Keystream_OfTheFipsBlockVector_IsItsCiphertext(bool hardware)
    {
        // FIPS 197, appendix C.3.
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        var block = UInt128.Parse("00112233445566778899aabbccddeeff", System.Globalization.NumberStyles.HexNumber);
        Assert.Equal("8ea2b7ca516745bfeafc49904b496089", Convert.ToHexStringLower(Stream(key, block, 2, hardware)));
    }

    [Fact]
    public void BothPaths_OverLengthsAndCounters_AreEqualBitForBit()
    {
        UInt128[] counters = [0, 1, ulong.MaxValue - 20, ulong.MaxValue, (UInt128)7 << 64, UInt128.MaxValue - 3];
        foreach (var counter in counters)
        {
            foreach (var length in Enumerable.Range(0, 70).Concat([511, 512, 513, 514, 1023, 5000]))
            {
                var key = CryptographicRandom.Instance.Bytes(32);
                var expected = Naive(key, counter, length);
                foreach (var path in (bool[])[false, AesCounterX86.IsSupported]) Assert.Equal(expected, Words(key, counter, length, path));
            }
        }
    }

    [Fact]
    public void AddMask_ThenSubtractMask_RestoresTheVector()
    {
        var key = CryptographicRandom.Instance.Bytes(32);
        foreach (var length in new[] { 1, 2, 15, 16, 17, 1000 })
        {
            ulong[] vector = [.. Enumerable.Range(0, length).Select(i => unchecked(ulong.MaxValue - (ulong)i))];
            var masked = (ulong[])vector.Clone();
            MaskGenerator.AddMask(key, masked);
            var mask = Naive(key, 0, length);
            Assert.Equal(vector.Zip(mask, (v, m) => unchecked(v + m)), masked);
            MaskGenerator.SubtractMask(key, masked);
            Assert.Equal(vector, masked);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Apply_ToPartOfAnArray_LeavesTheRestAlone(bool hardware)
    {
        var array = new ulong[40];
        MaskGenerator.Apply<Subtraction>(new byte[32], 0, array.AsSpan(3, 19), hardware);
        Assert.All(array[..3].Concat(array[22..]), word => Assert.Equal(0UL, word));
        Assert.DoesNotContain(0UL, array[3..22]);
    }

    [Fact]
    public void Mask_OfOneLength_IsThePrefixOfALongerOne()
    {
        var key = CryptographicRandom.Instance.Bytes(32);
        Assert.Equal(Words(key, 0, 100, AesCounterX86.IsSupported)[..37], Words(key, 0, 37, AesCounterX86.IsSupported));
    }

    [Fact]
    public void AddMask_WithAnotherKeyLength_Throws()
    {
        foreach (var length in new[] { 0, 16, 31, 33 })
        {
            Assert.Throws<ArgumentException>(() => MaskGenerator.AddMask(new byte[length], new ulong[4]));
            Assert.Throws<ArgumentException>(() => MaskGenerator.SubtractMask(new byte[length], new ulong[4]));
        }
    }

    private static ulong[] Words(byte[] key, UInt128 counter, int length, bool hardware)
    {
        var words = new ulong[length];
        MaskGenerator.Apply<Addition>(key, counter, words, hardware);
        return words;
    }

    private static byte[] Stream(byte[] key, UInt128 counter, int words, bool hardware) =>
        MemoryMarshal.AsBytes(Words(key, counter, words, hardware).AsSpan()).ToArray();

    /// <summary>The definition, one block at a time.</summary>
    private static ulong[] Naive(byte[] key, UInt128 counter, int length)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var words = new ulong[length];
        var block = new byte[16];
        for (var i = 0; i < length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(block, unchecked(counter + (UInt128)(i / 2)));
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(aes.EncryptEcb(block, PaddingMode.None).AsSpan(i % 2 * 8));
        }
        return words;
    }
}
