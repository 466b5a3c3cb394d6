using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class ShareBlindingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(445)]
    public void Open_SharesOfBoth_AddUpToTheValues(int valueBits)
    {
        // Of eight values none is left over in a block of ciphertexts, and a plaintext may be half full.
        foreach (var count in new[] { 21, 8 })
        {
            var (blinding, values) = (new ShareBlinding(valueBits), Extremes(valueBits, count));
            var (owner, holder) = Run(blinding, values, Small);
            for (var i = 0; i < values.Length; i++) Assert.Equal(Low(values[i]), unchecked(owner[i] + holder[i]));
        }
    }

    [Theory]
    [InlineData(40, 1)]
    [InlineData(40, 40)]
    [InlineData(63, 20)]
    [InlineData(100, 37)]
    [InlineData(130, 64)]
    [InlineData(130, 130)]
    public void Open_WithAShift_IsTheShiftedValueOrOneLess(int valueBits, int shift)
    {
        var (blinding, values) = (new ShareBlinding(valueBits, shift), Extremes(valueBits, 60));
        var (owner, holder) = Run(blinding, values, Small);
        var seen = new HashSet<ulong>();
        for (var i = 0; i < values.Length; i++)
        {
            var below = unchecked(Low(values[i] >> shift) - (owner[i] + holder[i]));
            Assert.True(below is 0 or 1, $"{below} less");
            seen.Add(below);
        }
        // Each of 60 random values is rounded down or up by its mask: all the same way has a probability below 2^-30.
        if (shift > 8) Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void Mask_UnderASafeKey_PacksManyValues()
    {
        var blinding = new ShareBlinding(60);
        Assert.Equal(16, blinding.SlotsPerPlaintext(Full.PublicKey));
        var values = Extremes(60, 150);
        var (owner, holder) = Run(blinding, values, Full);
        for (var i = 0; i < values.Length; i++) Assert.Equal(Low(values[i]), unchecked(owner[i] + holder[i]));
    }

    /// <summary>
    /// What the owner sees is v + 2^L + rho. By construction it is within 2^-64 of rho + 2^L; here the parts of it that would show a value or a mask
    /// of fewer bits: the 64 highest bits are uniform, whatever the value is, and the lowest too.
    /// </summary>
    [Fact]
    public void Mask_WhatTheOwnerSees_IsUniformInItsHighAndLowBits()
    {
        const int L = 30, Count = 1200;
        var (blinding, key) = (new ShareBlinding(L), Small.PublicKey);
        // One ciphertext again and again, of the greatest value.
        var one = Numbers(Encrypted(key, (1L << L) - 1))[0];
        var (masked, shares) = blinding.Mask(Read(key, [.. Enumerable.Repeat(one, Count)]), CryptographicRandom.Instance);
        var plaintexts = Small.Decrypt(masked);
        var (slots, ones) = (blinding.SlotsPerPlaintext(key), new int[blinding.SlotBits]);
        var distinct = new HashSet<UInt128>();
        for (var i = 0; i < Count; i++)
        {
            var seen = (UInt128)(Integer(plaintexts[i / slots]) >> (i % slots * blinding.SlotBits) & ((BigInteger.One << blinding.SlotBits) - 1));
            distinct.Add(seen);
            Assert.True(seen < (UInt128.One << (L + 64)) + (UInt128.One << (L + 1)));
            for (var bit = 0; bit < ones.Length; bit++) ones[bit] += (int)((seen >> bit) & 1);
        }
        Assert.Equal(Count, distinct.Count);
        Assert.Equal(Count, shares.Distinct().Count());
        // A fair bit: mean 600, deviation 17.3; seven deviations are exceeded with a probability of 2^-38 a bit.
        for (var bit = 0; bit < L + 64; bit++) Assert.InRange(ones[bit], 600 - 122, 600 + 122);
        Assert.Equal((0, 0), (ones[L + 64], ones[L + 65]));
    }

    /// <summary>The least mask still lifts the least value above zero, and the greatest leaves the slot's highest bit free for the greatest: too rare to be met by chance.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    public void Lift_TheLeastAndTheGreatestMask_KeepEveryValueInItsSlot(int valueBits)
    {
        var blinding = new ShareBlinding(valueBits);
        ulong[] least = new ulong[4], greatest = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        blinding.Lift(least);
        blinding.Lift(greatest);
        Assert.Equal(BigInteger.One << valueBits, Integer(least));
        Assert.Equal((BigInteger.One << (valueBits + 64)) - 1 + (BigInteger.One << valueBits), Integer(greatest));
        Assert.True(Integer(greatest) + (BigInteger.One << valueBits) < BigInteger.One << (blinding.SlotBits - 1));
    }

    [Fact]
    public void Mask_Twice_SharesNothing()
    {
        var (blinding, values) = (new ShareBlinding(20), Encrypted(Small.PublicKey, 7, 7, 7));
        var (first, second) = (blinding.Mask(values, CryptographicRandom.Instance), blinding.Mask(values, CryptographicRandom.Instance));
        Assert.Equal(6, first.Shares.Concat(second.Shares).Distinct().Count());
        Assert.NotEqual(Numbers(first.Masked), Numbers(second.Masked));
    }

    [Fact]
    public void Mask_WhatTheOwnerCanOpen_HasFreshRandomness()
    {
        // The owner who encrypted the values knows their randomness; were it only packed, the owner would find the same again.
        var (key, r) = (Small.PublicKey, Random(Integer(Small.PublicKey.Modulus)));
        var (masked, _) = new ShareBlinding(500 - 66).Mask(key.EncryptWith(Residues(key, 7), Residues(key, r)), CryptographicRandom.Instance);
        Assert.NotEqual(r, Integer(Small.Open(masked, []).Randomness[0]));
    }

    [Fact]
    public void Open_WhatWasNotMaskedSo_IsRefused()
    {
        var (blinding, key) = (new ShareBlinding(20), Small.PublicKey);
        var (masked, _) = blinding.Mask(Encrypted(key, 1, 2, 3, 4, 5), CryptographicRandom.Instance);
        Assert.Equal(1, masked.Count);
        Assert.Contains("more than its 4 slots", Assert.Throws<CryptographicException>(() => blinding.Open(Small, masked, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("more than its 5 slots", Assert.Throws<CryptographicException>(() => blinding.Open(Small, Encrypted(key, -1), 5)).Message, StringComparison.Ordinal);
        Assert.Contains("10 masked values take 2 ciphertexts, not 1", Assert.Throws<ArgumentException>("masked", () => blinding.Open(Small, masked, 10)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => blinding.Open(Small, masked, -1));
        Assert.Throws<ArgumentException>(() => blinding.Open(Small, masked, 0));
        Assert.Contains("another key", Assert.Throws<ArgumentException>(() => blinding.Open(Other, masked, 5)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(20, 3)]
    [InlineData(84, 3)]
    public void OpenPacked_ValuesSideBySide_AddUpToTheValues(int valueBits, int slots)
    {
        var (blinding, key, values) = (new ShareBlinding(valueBits), Small.PublicKey, Extremes(valueBits, 9 * slots));
        var packed = key.Encrypt(
            Plaintexts.FromBigIntegers(key, [.. values.Chunk(slots).Select(c => c.Select((v, i) => v << (i * blinding.SlotBits)).Aggregate(BigInteger.Add))]), CryptographicRandom.Instance);
        var rerandomizer = new Rerandomizer(key, CryptographicRandom.Instance);
        var (masked, holder) = blinding.MaskPacked(packed, slots, rerandomizer, CryptographicRandom.Instance);
        var owner = blinding.OpenPacked(Small, key.FromBytes(key.ToBytes(masked), masked.Count), slots);
        for (var i = 0; i < values.Length; i++) Assert.Equal(Low(values[i]), unchecked(owner[i] + holder[i]));
        // The same stream makes the same again, another one nothing of it.
        (Ciphertexts Masked, ulong[] Shares) Of(byte secret) => blinding.MaskPacked(packed, slots, rerandomizer, CryptographicRandom.Expanding(Enumerable.Repeat(secret, 32).ToArray()));
        var (once, again, other) = (Of(1), Of(1), Of(2));
        Assert.Equal(Numbers(once.Masked), Numbers(again.Masked));
        Assert.Equal(once.Shares, again.Shares);
        Assert.Empty(Numbers(once.Masked).Intersect(Numbers(other.Masked)));
        Assert.Empty(once.Shares.Intersect(other.Shares));
    }

    [Fact]
    public void MaskPacked_MoreSlotsThanThereAre_IsRefused()
    {
        var (blinding, ciphertexts, rerandomizer) = (new ShareBlinding(84), Encrypted(Small.PublicKey, 1), new Rerandomizer(Small.PublicKey, CryptographicRandom.Instance));
        foreach (var slots in new[] { 0, 4 })
        {
            Assert.Contains("1 to 3 slots", Assert.Throws<ArgumentException>(() => blinding.MaskPacked(ciphertexts, slots, rerandomizer, CryptographicRandom.Instance)).Message, StringComparison.Ordinal);
            Assert.Contains("1 to 3 slots", Assert.Throws<ArgumentException>(() => blinding.OpenPacked(Small, ciphertexts, slots)).Message, StringComparison.Ordinal);
        }
        Assert.Throws<CryptographicException>(() => blinding.OpenPacked(Small, Encrypted(Small.PublicKey, -1), 2));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2049, 0)]
    [InlineData(10, 11)]
    [InlineData(10, -1)]
    public void ShareBlinding_OfOtherSizes_IsRefused(int valueBits, int shift)
    {
        var (name, words) = valueBits == 10 ? ("shift", "10 bits lose 0 to 10 bits") : ("valueBits", "have 1 to 2048 bits");
        Assert.Contains(words, Assert.Throws<ArgumentOutOfRangeException>(name, () => new ShareBlinding(valueBits, shift)).Message, StringComparison.Ordinal);
        Assert.Equal(2048, new ShareBlinding(2048, 2048).Shift);
    }

    [Fact]
    public void Mask_ValuesTooWideForTheKey_IsRefused() =>
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => new ShareBlinding(446).Mask(Encrypted(Small.PublicKey, 1), CryptographicRandom.Instance)).Message, StringComparison.Ordinal);

    private static (ulong[] Owner, ulong[] Holder) Run(ShareBlinding blinding, BigInteger[] values, PaillierSecretKey key)
    {
        var ciphertexts = key.PublicKey.Encrypt(Plaintexts.FromBigIntegers(key.PublicKey, values), CryptographicRandom.Instance);
        var (masked, holder) = blinding.Mask(ciphertexts, CryptographicRandom.Instance);
        var received = key.PublicKey.FromBytes(key.PublicKey.ToBytes(masked), masked.Count);
        return (blinding.Open(key, received, values.Length), holder);
    }

    private static BigInteger[] Extremes(int bits, int count)
    {
        var most = (BigInteger.One << bits) - 1;
        BigInteger[] edges = [most, -most, 0, 1, -1, most / 2, -(most / 2)];
        return [.. edges, .. Enumerable.Range(0, count - edges.Length).Select(_ => Random((2 * most) + 1) - most)];
    }

    private static ulong Low(BigInteger x) => (ulong)(((x % (BigInteger.One << 64)) + (BigInteger.One << 64)) % (BigInteger.One << 64));
}
