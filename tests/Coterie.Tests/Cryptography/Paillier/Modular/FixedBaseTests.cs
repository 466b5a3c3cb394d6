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

    /// <summary>Chunks of as many digits as share a table go to the bases in turn; on every engine the same, whatever its lanes.</summary>
    [Theory]
    [InlineData(160, 4, 2)]
    [InlineData(163, 5, 3)]
    [InlineData(20, 6, 8)]
    public void Raise_EightBases_IsTheProductOfTheirPowers(int bits, int window, int turns)
    {
        BigInteger n = Random(BigInteger.One << 100) | 1 | (BigInteger.One << 99);
        BigInteger[] roots = [.. Enumerable.Range(0, 8).Select(_ => Random(n * n))];
        var (words, chunk) = ((bits + 63) / 64, window * turns);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 2), kind);
            var bases = new ulong[8 / engine.Lanes * engine.PairLength];
            for (var block = 0; block < 8 / engine.Lanes; block++)
                engine.LoadPairs(roots.Skip(block * engine.Lanes).Take(engine.Lanes).SelectMany(r => Words(r, 4)).ToArray(), 4, bases.AsSpan(block * engine.PairLength, engine.PairLength));
            BigInteger[] exponents = [.. Enumerable.Range(0, engine.Lanes).Select(i => i == 0 ? (BigInteger.One << bits) - 1 : Random(BigInteger.One << bits))];
            foreach (var hardened in new[] { false, true })
            {
                using var table = new FixedBase(engine, bases, 8, bits, window, turns, hardened);
                var (results, numbers) = (new ulong[engine.PairLength], new ulong[4 * engine.Lanes]);
                table.Raise(exponents.SelectMany(e => Words(e, words)).ToArray(), words, results);
                engine.StorePairs(results, numbers);
                for (var lane = 0; lane < engine.Lanes; lane++)
                {
                    var expected = BigInteger.One;
                    for (var i = 0; i * chunk < bits; i++)
                    {
                        var digits = (exponents[lane] >> (i * chunk)) & ((BigInteger.One << chunk) - 1);
                        expected = expected * BigInteger.ModPow(roots[i % 8], digits << (i / 8 * chunk), n * n) % (n * n);
                    }
                    Assert.Equal(expected, Integer(numbers.AsSpan(lane * 4, 4)));
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
