using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class BitTranspositionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    [InlineData(7, 7)]
    [InlineData(64, 63)]
    public void Transpose_WithAndWithoutVectors_AgreesWithTheDefinition(int stride, int blocks)
    {
        var columns = TransferPair.Blocks(128 * stride);
        var expected = new UInt128[128 * blocks];
        for (var r = 0; r < expected.Length; r++)
            for (var k = 0; k < 128; k++) expected[r] |= ((columns[(k * stride) + (r / 128)] >> (r % 128)) & 1) << k;
        foreach (var vectors in (bool[])[false, true])
        {
            var rows = new UInt128[128 * blocks];
            BitTransposition.Transpose(columns, stride, blocks, rows, vectors);
            Assert.Equal(expected, rows);
        }
    }

    [Fact]
    public void Transpose_TooFewRows_IsRefused() =>
        Assert.Throws<ArgumentException>(() => BitTransposition.Transpose(new UInt128[128], 1, 1, new UInt128[127]));
}
