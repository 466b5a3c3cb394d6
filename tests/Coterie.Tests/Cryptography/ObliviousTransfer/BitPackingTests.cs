using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class BitPackingTests
{
    [Fact]
    public void Pack_EveryWidthAndLength_UnpacksToTheLowerBits()
    {
        for (var width = 1; width <= 64; width++)
            foreach (var count in (int[])[1, 2, 63, 511, 512])
            {
                var entries = TransferPair.Words(count);
                var packed = new ulong[BitPacking.Bytes(count, width) / sizeof(ulong)];
                BitPacking.Pack(entries, width, packed);
                var unpacked = new ulong[count];
                BitPacking.Unpack(packed, width, unpacked);
                Assert.Equal(entries.Select(e => e & (ulong.MaxValue >> (64 - width))), unpacked);
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(64)]
    public void Pack_Block_IsEightInterleavedStreams(int width)
    {
        var entries = TransferPair.Words(512);
        var packed = new ulong[8 * width];
        BitPacking.Pack(entries, width, packed);
        for (var lane = 0; lane < 8; lane++)
        {
            var stream = BigInteger.Zero;
            for (var row = 0; row < 64; row++) stream |= (BigInteger)(entries[(row * 8) + lane] & (ulong.MaxValue >> (64 - width))) << (row * width);
            for (var word = 0; word < width; word++) Assert.Equal((ulong)((stream >> (64 * word)) & ulong.MaxValue), packed[(word * 8) + lane]);
        }
    }

    [Theory]
    [InlineData(1, 13)]
    [InlineData(100, 64)]
    [InlineData(700, 7)]
    [InlineData(5_000, 41)]
    public void Reader_PiecesOfAnySize_GivesWhatTheWriterTook(int count, int width)
    {
        var entries = TransferPair.Words(count);
        var bytes = new byte[BitPacking.Bytes(count, width)];
        var writer = new PlaneWriter(width, bytes);
        for (var (at, size) = (0, 1); at < count; at += size, size = (size * 3) % 1_101)
            writer.Write(entries.AsSpan(at, size = Math.Min(size, count - at)));
        writer.Flush();
        var read = new ulong[count];
        var reader = new PlaneReader(width, count, bytes);
        for (var (at, size) = (0, 1); at < count; at += size, size = (size * 5) % 1_301)
            reader.Read(read.AsSpan(at, size = Math.Min(size, count - at)));
        Assert.Equal(entries.Select(e => e & (ulong.MaxValue >> (64 - width))), read);
        Assert.InRange(bytes.Length, ((long)count * width / 8) - 8, ((long)count * width / 8) + 8);
        Assert.Equal(0, MemoryMarshal.Cast<byte, ulong>(bytes).Length * 8 - bytes.Length);
    }
}
