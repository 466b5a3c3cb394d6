using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class FixedBaseTests
{
    /// <summary>Exponents of whole digits, of a short last one, of one digit, of fewer than there are turns; blocks that go through the tables together, and more.</summary>
    public static TheoryData<int, int, int, int> Cases => new() { { 12, 4, 1, 1 }, { 13, 4, 1, 3 }, { 3, 5, 1, 1 }, { 130, 6, 1, 9 }, { 64, 1, 1, 17 }, { 130, 6, 2, 9 }, { 129, 4, 3, 2 }, { 3, 5, 2, 1 }, { 12, 4, 5, 1 } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Raise_ExponentsOfSoManyBits_IsThePowerInEveryLane(int bits, int window, int turns, int blocks)
    {
        BigInteger n = Random(BigInteger.One << 100) | 1 | (BigInteger.One << 99), root = Random(n * n);
        var words = (bits + 63) / 64;
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 2), kind);
            var @base = new ulong[engine.PairLength];
            engine.LoadPairs(Enumerable.Repeat(Words(root, 4), engine.Lanes).SelectMany(w => w).ToArray(), 4, @base);
            BigInteger[] exponents = [.. new[] { 0, 1, (BigInteger.One << bits) - 1, BigInteger.One << (bits - 1) }.Concat(Enumerable.Range(0, 160).Select(_ => Random(BigInteger.One << bits))).Take(blocks * engine.Lanes)];
            foreach (var hardened in new[] { false, true })
            {
                using var table = new FixedBase(engine, @base, bits, window, turns, hardened);
                Assert.Equal(bits, table.Bits);
                var entries = hardened ? Math.Max(1 << window, engine.Lanes) : 1 << window;
                Assert.Equal((((bits + window - 1) / window) + turns - 1) / turns * entries * (long)engine.EntryLength * sizeof(ulong), table.TableBytes);
                var (results, numbers) = (new ulong[blocks * engine.PairLength], new ulong[4 * engine.Lanes]);
                // Random words are exponents as they come: bits beyond those that count are not read.
                table.Raise(exponents.SelectMany(e => Words(e + (((BigInteger.One << ((64 * words) - bits)) - 1) << bits), words)).ToArray(), words, results);
                for (var i = 0; i < exponents.Length; i++)
                {
                    if (i % engine.Lanes == 0) engine.StorePairs(results.AsSpan(i / engine.Lanes * engine.PairLength, engine.PairLength), numbers);
                    Assert.Equal(BigInteger.ModPow(root, exponents[i], n * n), Integer(numbers.AsSpan(i % engine.Lanes * 4, 4)));
                }
            }
        }
    }

    /// <summary>What is left of a table that tells its modulus: nothing. A power of one digit is an entry of it.</summary>
    [Fact]
    public void Dispose_ATable_LeavesZeros()
    {
        using var engine = ModularEngines.Create([ulong.MaxValue], EngineKind.Portable);
        var @base = engine.One.ToArray();
        var table = new FixedBase(engine, @base, 4, 4, 1, hardened: false);
        table.Dispose();
        var result = new ulong[engine.PairLength];
        table.Raise(new ulong[] { 5 }, 1, result);
        Assert.All(result, word => Assert.Equal(0UL, word));
    }
}
