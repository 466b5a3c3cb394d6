using System.Runtime.InteropServices;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class Field128Tests
{
    // McGrew, Viega, "The Galois/Counter Mode of Operation", test case 2: H, the ciphertext block, and X1 = C H. GCM reads bits in reverse.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_ProductOfGcmTestCaseTwo_IsMet(bool hardware)
    {
        if (hardware && !Field128.IsHardware) return;
        var product = Field128.Multiply(FromGcm("66e94bd4ef8a2c3b884cfa59ca342b2e"), FromGcm("0388dace60b6a392f328c2b971b2fe78"), hardware);
        Assert.Equal(FromGcm("5e2ec746917062882c85b0685353deb7"), product);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_RandomAndEdgeFactors_AgreesWithShiftAndReduce(bool hardware)
    {
        if (hardware && !Field128.IsHardware) return;
        UInt128[] factors = [0, 1, 2, UInt128.MaxValue, UInt128.One << 127, (UInt128.One << 64) - 1, .. TransferPair.Blocks(40)];
        foreach (var x in factors)
            foreach (var y in factors) Assert.Equal(ShiftAndReduce(x, y), Field128.Multiply(x, y, hardware));
    }

    [Fact]
    public void InnerProduct_OnBothPaths_IsTheSumOfProducts()
    {
        var (x, y) = (TransferPair.Blocks(67), TransferPair.Blocks(67));
        var expected = x.Zip(y, (a, b) => ShiftAndReduce(a, b)).Aggregate(UInt128.Zero, (a, b) => a ^ b);
        Assert.Equal(expected, Field128.InnerProduct(x, y, hardware: false));
        Assert.Equal(expected, Field128.InnerProduct(x, y));
    }

    /// <summary>School multiplication, a bit at a time.</summary>
    private static UInt128 ShiftAndReduce(UInt128 x, UInt128 y)
    {
        var sum = UInt128.Zero;
        for (var i = 0; i < 128; i++)
        {
            if (((y >> i) & 1) == 1) sum ^= x;
            x = (x << 1) ^ ((x >> 127) == 1 ? (UInt128)0x87 : 0);
        }
        return sum;
    }

    private static UInt128 FromGcm(string hexadecimal)
    {
        var bytes = Convert.FromHexString(hexadecimal);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Enumerable.Range(0, 8).Sum(bit => ((bytes[i] >> bit) & 1) << (7 - bit));
        return MemoryMarshal.Read<UInt128>(bytes);
    }
}
