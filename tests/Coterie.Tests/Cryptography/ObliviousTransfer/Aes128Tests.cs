using System.Runtime.InteropServices;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class Aes128Tests
{
    // FIPS 197, appendices B and C.1; NIST SP 800-38A, F.1.1, first block.
    [Theory]
    [InlineData("2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32")]
    [InlineData("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a")]
    [InlineData("2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a", "3ad77bb40d7a3660a89ecaf32466ef97")]
    public void Encrypt_PublishedVectors_AreMet(string key, string plain, string cipher)
    {
        foreach (var hardware in Paths())
            foreach (var count in (int[])[1, 7, 8, 19])
            {
                using var aes = new Aes128(Block(key), hardware);
                var blocks = new UInt128[count];
                Array.Fill(blocks, Block(plain));
                aes.Encrypt(blocks);
                Assert.All(blocks, b => Assert.Equal(Block(cipher), b));
            }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    public void Counters_OnBothPaths_AreTheSame(int count)
    {
        var key = TransferPair.Blocks(1)[0];
        var streams = Paths().Select(hardware =>
        {
            using var aes = new Aes128(key, hardware);
            var blocks = new UInt128[count];
            aes.Counters(ulong.MaxValue - 200, blocks);
            return blocks;
        }).ToArray();
        Assert.All(streams, s => Assert.Equal(streams[0], s));
        Assert.Equal(count, streams[0].Distinct().Count());
    }

    private static IEnumerable<bool> Paths() => Aes128.IsHardware ? [false, true] : [false];

    private static UInt128 Block(string hexadecimal) => MemoryMarshal.Read<UInt128>(Convert.FromHexString(hexadecimal));
}
