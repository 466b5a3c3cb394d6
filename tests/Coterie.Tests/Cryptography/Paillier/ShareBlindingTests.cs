using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class ShareBlindingTests
{
    private const int ValueBits = 62;

    private static readonly Rerandomizer OfSmall = new(Small.PublicKey, CryptographicRandom.Instance);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Open_SharesOfBoth_AddUpToTheValuesOrOneMore(int slots)
    {
        var values = Extremes(ValueBits, 23 * slots);
        var (owner, holder) = Run(values, slots, Small, OfSmall);
        var carries = values.Select((v, i) => unchecked(owner[i] + holder[i] - Low(v))).ToArray();
        Assert.All(carries, c => Assert.InRange(c, 0UL, 1UL));
        // Nothing is below the lowest slot that could carry; of those above half do, by chance.
        Assert.All(carries.Where((_, i) => i % slots == 0), c => Assert.Equal(0UL, c));
        if (slots > 1) Assert.Equal(2, carries.Distinct().Count());
    }

    [Fact]
    public void Open_UnderASafeKey_HasThirtyOneValuesInAPlaintext()
    {
        Assert.Equal((31, 47), (ShareBlinding.SlotsPerPlaintext(2048), ShareBlinding.SlotsPerPlaintext(3072)));
        var values = Extremes(ValueBits, 3 * 31);
        var (owner, holder) = Run(values, 31, Full, new Rerandomizer(Full.PublicKey, CryptographicRandom.Instance));
        for (var i = 0; i < values.Length; i++) Assert.InRange(unchecked(owner[i] + holder[i] - Low(values[i])), 0UL, 1UL);
    }

    /// <summary>A value that is too large is wrong modulo 2^64, and moves the one above it in its last places only.</summary>
    [Fact]
    public void Open_AValueBeyondItsSlot_LeavesTheOthers()
    {
        BigInteger[] values = [5, BigInteger.One << 80, 7, -9];
        var (owner, holder) = Run(values, 4, Small, OfSmall);
        for (var i = 0; i < values.Length; i++) Assert.InRange(unchecked((long)(owner[i] + holder[i] - Low(values[i]))), 0L, (1L << 16) + 1);
    }

    /// <summary>What the owner sees is the sum with a number uniform modulo n: by construction. Here the parts of it that would show a value, a shorter mask, or one mask for several slots.</summary>
    [Theory]
    [InlineData(0L)]
    [InlineData((1L << 62) - 1)]
    public void Mask_WhatTheOwnerSees_IsUniform(long value)
    {
        const int Count = 1200, Slots = 6;
        var packed = Packed(Small.PublicKey, [.. Enumerable.Repeat((BigInteger)value, Count * Slots)], Slots);
        var (masked, shares) = ShareBlinding.Mask(packed, Slots, OfSmall, CryptographicRandom.Instance);
        var plaintexts = Small.Decrypt(masked);
        var ones = new int[Slots * 64];
        for (var i = 0; i < Count; i++)
            for (var bit = 0; bit < ones.Length; bit++) ones[bit] += (int)((plaintexts[i][bit / 64] >> (bit % 64)) & 1);
        // A fair bit: mean 600, deviation 17.3; seven deviations are exceeded with a probability of 2^-38 a bit.
        Assert.All(ones, o => Assert.InRange(o, 600 - 122, 600 + 122));
        Assert.Equal(shares.Length, shares.Distinct().Count());
        // And above the slots, up to n: a mask of fewer bits would leave zeros there.
        var n = Integer(Small.PublicKey.Modulus);
        Assert.InRange(Enumerable.Range(0, Count).Average(i => (double)(Integer(plaintexts[i]) * 1_000_000 / n)), 430_000, 570_000);
    }

    [Fact]
    public void Mask_TheSameStream_MakesTheSameAgain_AnotherNothingOfIt()
    {
        var packed = Packed(Small.PublicKey, Extremes(ValueBits, 9 * 3), 3);
        (Ciphertexts Masked, ulong[] Shares) Of(byte secret) => ShareBlinding.Mask(packed, 3, OfSmall, CryptographicRandom.Expanding(Enumerable.Repeat(secret, 32).ToArray()));
        var (once, again, other) = (Of(1), Of(1), Of(2));
        Assert.Equal(Numbers(once.Masked), Numbers(again.Masked));
        Assert.Equal(once.Shares, again.Shares);
        Assert.Empty(Numbers(once.Masked).Intersect(Numbers(other.Masked)));
        Assert.Empty(once.Shares.Intersect(other.Shares));
    }

    [Fact]
    public void Mask_WhatTheOwnerCanOpen_HasFreshRandomness()
    {
        // The owner who encrypted the values knows their randomness; were it only masked, the owner would find the same again.
        var (key, r) = (Small.PublicKey, Random(Integer(Small.PublicKey.Modulus)));
        var (masked, _) = ShareBlinding.Mask(key.EncryptWith(Residues(key, 7), Residues(key, r)), 1, OfSmall, CryptographicRandom.Instance);
        Assert.NotEqual(r, Integer(Small.Open(masked, []).Randomness[0]));
    }

    [Fact]
    public void Mask_MoreSlotsThanThereAre_IsRefused()
    {
        var ciphertexts = Encrypted(Small.PublicKey, 1);
        foreach (var slots in new[] { 0, 8 })
        {
            Assert.Contains("1 to 7 slots", Assert.Throws<ArgumentException>("slots", () => ShareBlinding.Mask(ciphertexts, slots, OfSmall, CryptographicRandom.Instance)).Message, StringComparison.Ordinal);
            Assert.Contains("1 to 7 slots", Assert.Throws<ArgumentException>("slots", () => ShareBlinding.Open(Small, ciphertexts, slots)).Message, StringComparison.Ordinal);
        }
        Assert.Contains("another key", Assert.Throws<ArgumentException>(() => ShareBlinding.Open(Other, ciphertexts, 1)).Message, StringComparison.Ordinal);
    }

    private static (ulong[] Owner, ulong[] Holder) Run(BigInteger[] values, int slots, PaillierSecretKey key, Rerandomizer rerandomizer)
    {
        var (masked, holder) = ShareBlinding.Mask(Packed(key.PublicKey, values, slots), slots, rerandomizer, CryptographicRandom.Instance);
        return (ShareBlinding.Open(key, key.PublicKey.FromBytes(key.PublicKey.ToBytes(masked), masked.Count), slots), holder);
    }

    private static Ciphertexts Packed(PaillierPublicKey key, BigInteger[] values, int slots) => key.Encrypt(
        Plaintexts.FromBigIntegers(key, [.. values.Chunk(slots).Select(c => c.Select((v, i) => v << (i * ShareBlinding.SlotBits)).Aggregate(BigInteger.Add))]), CryptographicRandom.Instance);

    private static BigInteger[] Extremes(int bits, int count)
    {
        var most = (BigInteger.One << bits) - 1;
        BigInteger[] edges = [most, -most, 0, 1, -1, most / 2, -(most / 2)];
        return [.. edges, .. Enumerable.Range(0, count - edges.Length).Select(_ => Random((2 * most) + 1) - most)];
    }

    private static ulong Low(BigInteger x) => (ulong)(((x % (BigInteger.One << 64)) + (BigInteger.One << 64)) % (BigInteger.One << 64));
}
