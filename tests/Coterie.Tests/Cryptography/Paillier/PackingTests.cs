using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using FsCheck;
using FsCheck.Fluent;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class PackingTests
{
    private static readonly PaillierPublicKey Key = Small.PublicKey;

    [Fact]
    public void Unpack_OfWhatWasPacked_IsTheValues() => Check.QuickThrowOnFailure(Prop.ForAll(Layouts, Values, (layout, values) =>
    {
        var fitting = Fit(layout, values);
        Assert.Equal(fitting, layout.Unpack(Key, layout.Pack(Key, fitting), fitting.Length, 1));
    }));

    [Fact]
    public void Unpack_OfLongs_IsTheLongs()
    {
        long[] values = [long.MinValue, long.MaxValue, 0, -1, 1, 42, long.MinValue + 1];
        foreach (var guard in new[] { 0, 1, 20, 62 })
            Assert.Equal(values.Select(v => (Int128)v), new Packing(64, guard).Unpack(Key, new Packing(64, guard).Pack(Key, values), values.Length, 1));
    }

    [Fact]
    public void Unpack_OfSumsAndDifferences_IsTheSums() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Layouts, Values, Signs, (layout, values, signs) =>
    {
        var fitting = Fit(layout, values);
        var weights = signs.Select(s => (long)s).ToArray();
        // As many contributions as fit: beyond that the weights are cut.
        var (added, subtracted) = (0L, 0L);
        for (var k = 0; k < weights.Length; k++)
        {
            var room = layout.MaximumContributions - added - subtracted;
            weights[k] = Math.Clamp(weights[k], -Math.Min(room, 1000), Math.Min(room, 1000));
            if (weights[k] > 0) added += weights[k];
            else subtracted -= weights[k];
        }
        if (added + subtracted == 0) return;
        var (total, expected) = (new BigInteger[layout.PlaintextsFor(Key, fitting.Length)], new Int128[fitting.Length]);
        for (var k = 0; k < weights.Length; k++)
        {
            // Contribution k is the values, turned about by k.
            var turned = fitting.Select((_, i) => fitting[(i + k) % fitting.Length]).ToArray();
            var packed = layout.Pack(Key, turned);
            for (var i = 0; i < total.Length; i++) total[i] += weights[k] * Integer(packed[i]);
            for (var i = 0; i < expected.Length; i++) expected[i] += weights[k] * turned[i];
        }
        var n = Integer(Key.Modulus);
        var sums = Residues(Key, [.. total.Select(t => ((t % n) + n) % n)]);
        Assert.Equal(expected, layout.Unpack(Key, sums, fitting.Length, added, subtracted));
    }));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(8, 3)]
    [InlineData(53, 10)]
    [InlineData(64, 62)]
    [InlineData(126, 0)]
    [InlineData(65, 61)]
    public void Unpack_OfExtremesAtTheFullCount_IsTheSums(int valueBits, int guardBits)
    {
        var layout = new Packing(valueBits, guardBits);
        var (slots, most) = (layout.SlotsPerPlaintext(Key), layout.MaximumContributions);
        foreach (var value in new[] { layout.Minimum, layout.Maximum })
        {
            // Every slot of two plaintexts and one of a third, all at the edge.
            var values = Enumerable.Repeat(value, (2 * slots) + 1).ToArray();
            var packed = layout.Pack(Key, values);
            foreach (var (added, subtracted) in new[] { (most, 0L), (0L, most), (most / 2, most - (most / 2)), (most, 0L) })
            {
                var n = Integer(Key.Modulus);
                var sums = Residues(Key, [.. Enumerable.Range(0, packed.Count).Select(i => ((Integer(packed[i]) * (added - subtracted) % n) + n) % n)]);
                Assert.All(layout.Unpack(Key, sums, values.Length, added, subtracted), v => Assert.Equal(value * (added - subtracted), v));
            }
        }
    }

    [Fact]
    public void Unpack_OfSumsUnderEncryption_IsTheSums()
    {
        var layout = new Packing(40, 12);
        var values = Enumerable.Range(0, 100).Select(i => (long)layout.Minimum + (i * 7919L * i)).ToArray();
        var x = Key.Encrypt(layout.Pack(Key, values), CryptographicRandom.Instance);
        var y = Small.Encrypt(layout.Pack(Key, [.. values.Reverse()]), CryptographicRandom.Instance);
        var sum = Key.Add(Key.Add(x, y), Key.Scale(x, [.. Enumerable.Repeat(-1000L, x.Count)]));
        Assert.Equal(values.Select((v, i) => (Int128)v + values[^(i + 1)] - (1000 * (Int128)v)), layout.Unpack(Key, Small.Decrypt(sum), 100, 2, 1000));
    }

    [Fact]
    public void Pack_AValueBeyondItsSlot_NamesItsIndex()
    {
        var layout = new Packing(8, 2);
        Assert.Equal((-128, 127), ((int)layout.Minimum, (int)layout.Maximum));
        Assert.Contains("Value 2 does not fit into 8 bits: it would be from -128 to 127", Assert.Throws<ArgumentOutOfRangeException>("values", () => layout.Pack(Key, [127L, -128L, 128L])).Message, StringComparison.Ordinal);
        Assert.Contains("Value 1 ", Assert.Throws<ArgumentOutOfRangeException>(() => layout.Pack(Key, [127L, -129L])).Message, StringComparison.Ordinal);
        Assert.Contains("Value 0 ", Assert.Throws<ArgumentOutOfRangeException>(() => layout.Pack(Key, [Int128.MinValue])).Message, StringComparison.Ordinal);
        Assert.Contains("Value 0 ", Assert.Throws<ArgumentOutOfRangeException>(() => layout.Pack(Key, [long.MaxValue])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(5, 0)]
    [InlineData(2, 3)]
    [InlineData(0, 5)]
    [InlineData(1, -1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    public void Unpack_MoreContributionsThanTheGuardHolds_IsRefused(long added, long subtracted)
    {
        var layout = new Packing(8, 2);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => layout.Unpack(Key, layout.Pack(Key, [1L]), 1, added, subtracted));
        Assert.Contains(added == 0 && subtracted == 0 ? "at least one contribution" : "With 2 guard bits a sum has 1 to 4 contributions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpack_SumsThatCannotBe_AreRefused()
    {
        var layout = new Packing(8, 2);
        var packed = layout.Pack(Key, [100L, 100L, 100L]);
        var twice = Residues(Key, Integer(packed[0]) * 2);
        Assert.Equal([200, 200, 200], layout.Unpack(Key, twice, 3, 2));
        // The second slot of the second plaintext, with a contribution subtracted that can be no more than 255.
        var second = Residues(Key, 0, BigInteger.Pow(2, layout.SlotBits) * 300);
        var (slots, count) = (layout.SlotsPerPlaintext(Key), layout.SlotsPerPlaintext(Key) + 2);
        Assert.Contains($"Value {slots + 1} is no sum of 2 contributions of 8 bits", Assert.Throws<CryptographicException>(() => layout.Unpack(Key, second, count, 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Value 0 is no sum of 1", Assert.Throws<CryptographicException>(() => layout.Unpack(Key, twice, 3, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("more than its 2 slots", Assert.Throws<CryptographicException>(() => layout.Unpack(Key, packed, 2, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("more than its 3 slots", Assert.Throws<CryptographicException>(() => layout.Unpack(Key, Residues(Key, Integer(Key.Modulus) - 1), 3, 1)).Message, StringComparison.Ordinal);
        // Added more often than the guard allows: a carry into the next slot, which the highest slot at least shows.
        Assert.Contains("more than its 3 slots", Assert.Throws<CryptographicException>(() => layout.Unpack(Key, Residues(Key, Integer(packed[0]) * 5), 3, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("200 values take 4 plaintexts, not 1", Assert.Throws<ArgumentException>("plaintexts", () => layout.Unpack(Key, packed, 200, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => layout.PlaintextsFor(Key, -1));
        Assert.Throws<ArgumentException>(() => layout.Unpack(Key, new Plaintexts(1, 3), 1, 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 5)]
    [InlineData(8, -1)]
    [InlineData(8, 63)]
    [InlineData(126, 1)]
    [InlineData(int.MaxValue, 62)]
    public void Packing_OfOtherSizes_IsRefused(int valueBits, int guardBits)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new Packing(valueBits, guardBits));
        if (valueBits > 0) Assert.Contains(guardBits is < 0 or > 62 ? "0 to 62 guard bits" : $"at most 126 bits, {guardBits} of which are guard bits", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SlotsPerPlaintext_OfAKey_LeavesTheHighestBitFree()
    {
        Assert.Equal(511 / 73, new Packing(64, 9).SlotsPerPlaintext(Key));
        Assert.Equal(7, new Packing(64, 9).SlotsPerPlaintext(Key));
        Assert.Equal(511, new Packing(1, 0).SlotsPerPlaintext(Key));
        using var tiny = InsecurePaillierKeys.FromPrimes(7919, 104729);
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => new Packing(30, 0).SlotsPerPlaintext(tiny.PublicKey)).Message, StringComparison.Ordinal);
    }

    private static Arbitrary<Packing> Layouts => Arb.From(
        from valueBits in Gen.Choose(1, 100)
        from guardBits in Gen.Choose(0, Math.Min(62, 126 - valueBits))
        select new Packing(valueBits, guardBits));

    private static Arbitrary<ulong[]> Values => Arb.From(Gen.Choose(1, 40).SelectMany(n => Gen.ArrayOf(ArbMap.Default.GeneratorFor<ulong>(), 2 * n)));

    private static Arbitrary<short[]> Signs => Arb.From(Gen.Choose(1, 6).SelectMany(n => Gen.ArrayOf(ArbMap.Default.GeneratorFor<short>(), n)));

    /// <summary>Numbers of the layout's width: random bits, and its edges now and then.</summary>
    private static Int128[] Fit(Packing layout, ulong[] bits) => [.. Enumerable.Range(0, bits.Length / 2).Select(i => (bits[2 * i] % 5) switch
    {
        0 => layout.Minimum,
        1 => layout.Maximum,
        _ => layout.Minimum + (Int128)(new UInt128(unchecked(bits[2 * i] * 0x9E3779B97F4A7C15), unchecked(bits[(2 * i) + 1] * 0xD1342543DE82EF95)) & ((UInt128.One << layout.ValueBits) - 1)),
    })];
}
