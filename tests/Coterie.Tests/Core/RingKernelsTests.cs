using System.Runtime.InteropServices;
using Coterie.Core.Numerics;
using Coterie.Core.Numerics.Rings;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class RingKernelsTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 3, 2 }, { 2, 0, 3 }, { 1, 1, 1 }, { 3, 5, 1 }, { 100, 37, 1 }, { 2, 9, 3 }, { 8, 300, 24 }, { 9, 257, 25 }, { 97, 40, 26 }, { 5, 513, 1_033 }, { 33, 2, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_EveryPath_AgreesWithTheDefinition(int m, int k, int n)
    {
        var (left, right) = (Words(m * k), Words(k * n));
        var expected = Naive(left, right, m, k, n);
        var product = Words(m * n);
        RingKernels.Multiply(left, right, product, m, k, n);
        Assert.Equal(expected, product);
        foreach (var bits in Paths())
        {
            var tiled = new ulong[m * n];
            if (m * k * n > 0) RingKernels.Add(bits, left, right, tiled, m, k, n);
            Assert.Equal(expected, tiled);
        }
    }

    [Fact]
    public void AddProduct_AddsToWhatIsThere()
    {
        var (left, right, start) = (Words(10 * 20), Words(20 * 30), Words(10 * 30));
        var sum = start.ToArray();
        RingKernels.AddProduct(left, right, sum, 10, 20, 30);
        Assert.Equal(start.Zip(Naive(left, right, 10, 20, 30), (x, y) => unchecked(x + y)), sum);
    }

    [Fact]
    public void Multiply_SpansTooShort_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => RingKernels.Multiply(new ulong[3], new ulong[4], new ulong[4], 2, 2, 2));
        Assert.Throws<ArgumentException>(() => RingKernels.Multiply(new ulong[4], new ulong[4], new ulong[3], 2, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingKernels.Multiply(new ulong[4], new ulong[4], new ulong[3], -2, 2, 2));
    }

    private static IEnumerable<int> Paths()
    {
        yield return 64;
        if (RingTile256.IsSupported) yield return 256;
        if (RingTile512.IsSupported) yield return 512;
    }

    private static ulong[] Words(int count)
    {
        var words = new ulong[count];
        CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    private static ulong[] Naive(ulong[] left, ulong[] right, int m, int k, int n)
    {
        var product = new ulong[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++) product[(i * n) + j] = unchecked(product[(i * n) + j] + (left[(i * k) + p] * right[(p * n) + j]));
        return product;
    }
}
