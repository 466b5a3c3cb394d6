using Coterie.Core.Arithmetic;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.TwoParty;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Privacy.TwoParty;

public sealed class PackedProductTests
{
    private const int KnownBits = 41;
    private const long Most = (1L << (KnownBits - 1)) - 1;

    private static readonly Lazy<Rerandomizer> OfSmall = new(() => new Rerandomizer(Small.PublicKey, CryptographicRandom.Instance));
    private static readonly Lazy<Rerandomizer> OfFull = new(() => new Rerandomizer(Full.PublicKey, CryptographicRandom.Instance));

    // Plaintexts of 512 bits have 7 slots, of 2048 bits 31. Rows and columns fill plaintexts, and leave the last one half empty.
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(3, 1, 1, false)]
    [InlineData(7, 5, 2, false)]
    [InlineData(5, 2, 4, false)]
    [InlineData(2, 9, 7, false)]
    [InlineData(17, 3, 1, false)]
    [InlineData(40, 9, 1, true)]
    [InlineData(9, 2, 8, true)]
    [InlineData(4, 3, 15, true)]
    public void Open_SharesOfBoth_AddUpToTheProduct(int rows, int inner, int columns, bool isFull)
    {
        var key = isFull ? Full : Small;
        var product = new PackedProduct((rows, inner, columns), key.PublicKey.Bits);
        foreach (var (left, right) in new[] { (Numbers(rows, inner), Numbers(inner, columns)), (All(rows, inner, Most), All(inner, columns, -Most)), (All(rows, inner, -Most), All(inner, columns, -Most)), (All(rows, inner, 0), All(inner, columns, Most)) })
        {
            var (owner, holder) = Run(product, key, left, right);
            // Of factors of 41 bits what is beyond 64 carries into the next slot: into the last places of products that have 40 bits after the point.
            var expected = RingProducts.Multiply(left, right).Values.ToArray();
            Assert.All(expected.Zip((owner + holder).Values.ToArray(), static (e, a) => unchecked((long)(a - e))), off => Assert.InRange(Math.Abs(off), 0, 1L << 21));
        }
    }

    [Fact]
    public void Open_NumbersWithinTheRange_AreOffByAtMostThePlace()
    {
        var product = new PackedProduct((9, 4, 3), Small.PublicKey.Bits);
        // 30 bits each: sums stay below 2^62.
        RingMatrix Short(int rows, int columns) => new(rows, columns, [.. Numbers(rows, columns).Values.ToArray().Select(v => unchecked((ulong)((long)v >> 11)))]);
        var (left, right) = (Short(9, 4), Short(4, 3));
        var (owner, holder) = Run(product, Small, left, right);
        Assert.All(RingProducts.Multiply(left, right).Values.ToArray().Zip((owner + holder).Values.ToArray(), static (e, a) => unchecked(a - e)), off => Assert.InRange(off, 0UL, 1UL));
    }

    [Fact]
    public void Layout_OfNearlyAsManyRows_IsTheSameButForAnswers()
    {
        var (a, b) = (new PackedProduct((92, 9, 1), 2048), new PackedProduct((105, 9, 1), 2048));
        Assert.Equal((a.RowsTogether, a.FactorCount), (b.RowsTogether, b.FactorCount));
        Assert.InRange(a.RowsTogether, 8, 31);
        Assert.Equal((92 + a.RowsTogether - 1) / a.RowsTogether, a.ResultCount);
    }

    [Fact]
    public void Layout_ManyEntries_KeepsTablesSmall() => Assert.Equal(1, new PackedProduct((10_000, 2049, 1), 2048).RowsTogether);

    [Fact]
    public void Layout_AKeyWithoutRoom_IsRefused() =>
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => new PackedProduct((1, 1, 1), 124)).Message, StringComparison.Ordinal);

    private static (RingMatrix Owner, RingMatrix Holder) Run(PackedProduct product, PaillierSecretKey key, RingMatrix left, RingMatrix right)
    {
        var bytes = new EncryptedFactors(key, CryptographicRandom.Instance.Bytes(32), PaillierOptions.Default).Of(product, right);
        var factor = key.PublicKey.FromBytes(bytes, product.FactorCount);
        var (masked, shares) = product.Mask(product.Multiply(factor, left, PaillierOptions.Default), (key == Full ? OfFull : OfSmall).Value, CryptographicRandom.Instance, PaillierOptions.Default);
        Assert.Equal(product.ResultCount, masked.Count);
        return (product.Open(key, masked, PaillierOptions.Default), shares);
    }

    private static RingMatrix All(int rows, int columns, long value) => new(rows, columns, [.. Enumerable.Repeat(unchecked((ulong)value), rows * columns)]);

    private static RingMatrix Numbers(int rows, int columns) =>
        new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => unchecked((ulong)(BitConverter.ToInt64(CryptographicRandom.Instance.Bytes(8)) >> (64 - KnownBits))))]);
}
