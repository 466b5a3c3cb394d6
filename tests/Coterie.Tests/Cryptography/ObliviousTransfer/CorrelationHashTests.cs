using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class CorrelationHashTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(600)]
    public void Hash_OnBothPaths_IsTheFormulaOverTheFrameworksCipher(int count)
    {
        var (key, offset, x) = (TransferPair.Blocks(1)[0], TransferPair.Blocks(1)[0], TransferPair.Blocks(count));
        using var aes = Aes.Create();
        aes.SetKey(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in key)));
        UInt128 Pi(UInt128 value) => MemoryMarshal.Read<UInt128>(aes.EncryptEcb(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in value)).ToArray(), PaddingMode.None));
        foreach (var hardware in (bool[])[false, Aes128.IsHardware])
        {
            using var hash = new CorrelationHash(key, hardware);
            var hashed = new UInt128[count];
            hash.Hash(x, offset, hashed);
            for (var i = 0; i < count; i++) Assert.Equal(Pi(Pi(x[i] ^ offset) ^ (UInt128)i) ^ Pi(x[i] ^ offset), hashed[i]);
        }
    }

    [Fact]
    public void Streams_SameInputInTwoTransfers_ShareNoBlock()
    {
        using var hash = new CorrelationHash(TransferPair.Blocks(1)[0]);
        var x = new UInt128[3];   // the same string three times: only the tweaks differ
        var permuted = new UInt128[3];
        hash.Permute(x, 0, permuted);
        var stream = new UInt128[3 * 40];
        hash.Streams(permuted, 7, 0, stream);
        Assert.Equal(stream.Length, stream.Distinct().Count());
        var late = new UInt128[3 * 10];
        hash.Streams(permuted, 7, 30, late);
        for (var i = 0; i < 3; i++) Assert.Equal(stream[((i * 40) + 30)..((i + 1) * 40)], late[(i * 10)..((i + 1) * 10)]);
    }
}
