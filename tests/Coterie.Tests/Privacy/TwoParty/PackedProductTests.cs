using System.Numerics;
using System.Security.Cryptography;
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

    // Slots of 512 bits: three or so; of 2048: thirteen. Rows and columns fill plaintexts, and leave the last one half empty.
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
    public void Open_SharesOfBoth_AddUpToTheProductExactly(int rows, int inner, int columns, bool isFull)
    {
        var key = isFull ? Full : Small;
        var product = new PackedProduct((rows, inner, columns), (KnownBits, KnownBits), key.PublicKey.Bits);
        foreach (var (left, right) in new[] { (Numbers(rows, inner), Numbers(inner, columns)), (All(rows, inner, Most), All(inner, columns, -Most)), (All(rows, inner, -Most), All(inner, columns, -Most)), (All(rows, inner, 0), All(inner, columns, Most)) })
        {
            var (owner, holder) = Run(product, key, left, right);
            Assert.Equal(RingProducts.Multiply(left, right).Values.ToArray(), (owner + holder).Values.ToArray());
        }
    }

    /// <summary>What a slot holds at most and at least stays in it, whatever its mask: by the sizes, as no mask meets them by chance.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void Blinding_TheLargestSum_FitsItsSlotUnderTheGreatestMask(int inner)
    {
        var blinding = new PackedProduct((4, inner, 3), (KnownBits, KnownBits), 2048).Blinding;
        var largest = (BigInteger)inner << (2 * (KnownBits - 1));
        Assert.True(largest <= BigInteger.One << blinding.ValueBits);
        Assert.True((BigInteger.One << blinding.ValueBits) <= 2 * largest, "slots are wider than they need be");
        // A mask has 64 bits more than the largest sum, and what it makes of it is below a slot's end.
        Assert.True(largest + (BigInteger.One << blinding.ValueBits) + (BigInteger.One << (blinding.ValueBits + 64)) < BigInteger.One << blinding.SlotBits);
        Assert.Equal(64, ShareBlinding.StatisticalBits);
    }

    [Fact]
    public void Layout_OfNearlyAsManyRows_IsTheSameButForAnswers()
    {
        var (a, b) = (new PackedProduct((92, 9, 1), (KnownBits, KnownBits), 2048), new PackedProduct((105, 9, 1), (KnownBits, KnownBits), 2048));
        Assert.Equal((a.RowsTogether, a.FactorCount), (b.RowsTogether, b.FactorCount));
        Assert.InRange(a.RowsTogether, 8, 13);
        Assert.Equal((92 + a.RowsTogether - 1) / a.RowsTogether, a.ResultCount);
    }

    [Fact]
    public void Layout_ManyEntries_KeepsTablesSmall() => Assert.Equal(1, new PackedProduct((10_000, 2049, 1), (KnownBits, KnownBits), 2048).RowsTogether);

    [Fact]
    public void Layout_AKeyWithoutRoom_IsRefused() =>
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => new PackedProduct((1, 1, 1), (KnownBits, KnownBits), 128)).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_APlaintextBeyondItsSlots_IsRefused()
    {
        var product = new PackedProduct((1, 2, 1), (KnownBits, KnownBits), Small.PublicKey.Bits);
        var beyond = Small.PublicKey.Encrypt(Plaintexts.FromBigIntegers(Small.PublicKey, [BigInteger.One << product.Blinding.SlotBits]), CryptographicRandom.Instance);
        Assert.Contains("more than its 1 slots", Assert.Throws<CryptographicException>(() => product.Open(Small, beyond, PaillierOptions.Default)).Message, StringComparison.Ordinal);
    }

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
