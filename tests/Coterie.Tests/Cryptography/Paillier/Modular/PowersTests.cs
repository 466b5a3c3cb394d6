using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class PowersTests
{
    /// <summary>Lengths on both sides of every change of the window.</summary>
    public static TheoryData<int> Lengths => [0, 1, 2, 3, 8, 9, 63, 64, 65, 200, 201, 1400, 1401];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Raise_ExponentsOfSoManyBits_IsThePowerInEveryLane(int bits)
    {
        BigInteger n = Random(BigInteger.One << 128) | 1 | (BigInteger.One << 127), squared = n * n;
        var words = Math.Max(1, (bits + 63) / 64);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 2), kind);
            BigInteger[] bases = [.. new BigInteger[] { 1, squared - 1, n + 1 }.Concat(Enumerable.Range(0, 13).Select(_ => Random(squared))).Take(engine.Lanes)];
            BigInteger[] exponents = [.. new[] { (BigInteger.One << bits) - 1, 0, BigInteger.One << Math.Max(0, bits - 1) }.Concat(Enumerable.Range(0, 13).Select(_ => Random(BigInteger.One << bits))).Take(engine.Lanes)];
            if (bits == 0) exponents = [.. exponents.Select(_ => BigInteger.Zero)];
            foreach (var hardened in new[] { false, true })
            {
                var (block, numbers) = (new ulong[engine.PairLength], bases.SelectMany(b => Words(b, 4)).ToArray());
                engine.LoadPairs(numbers, 4, block);
                Powers.Raise(engine, block, exponents.SelectMany(e => Words(e, words)).ToArray(), words, bits, hardened, block);
                engine.StorePairs(block, numbers);
                for (var lane = 0; lane < engine.Lanes; lane++) Assert.Equal(BigInteger.ModPow(bases[lane], exponents[lane], squared), Integer(numbers.AsSpan(4 * lane, 4)));
            }
        }
    }

    /// <summary>Exponents of ones, of a one and zeros, with a one at either end, of zeros, and any.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void RaiseAll_OneExponent_IsThePowerInEveryLane(int bits)
    {
        BigInteger n = Random(BigInteger.One << 128) | 1 | (BigInteger.One << 127), squared = n * n, whole = BigInteger.One << bits, top = whole >> 1;
        var words = Math.Max(1, (bits + 63) / 64);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 2), kind);
            BigInteger[] bases = [.. new BigInteger[] { squared - 1, n + 1 }.Concat(Enumerable.Range(0, 14).Select(_ => Random(squared))).Take(engine.Lanes)];
            foreach (var exponent in new[] { whole - 1, top, top | 1 % whole, 0, 1 % whole, Random(whole), Random(whole), whole / 3 })
            {
                foreach (var hardened in new[] { false, true })
                {
                    var (block, numbers) = (new ulong[engine.PairLength], bases.SelectMany(b => Words(b, 4)).ToArray());
                    engine.LoadPairs(numbers, 4, block);
                    Powers.RaiseAll(engine, block, Words(exponent, words), bits, hardened, block);
                    engine.StorePairs(block, numbers);
                    for (var lane = 0; lane < engine.Lanes; lane++) Assert.Equal(BigInteger.ModPow(bases[lane], exponent, squared), Integer(numbers.AsSpan(4 * lane, 4)));
                }
            }
        }
    }

    /// <summary>Bits beyond those that count are not read.</summary>
    [Fact]
    public void RaiseAll_WithFewerBitsThanTheExponentHas_TakesTheLowOnes()
    {
        var n = Random(BigInteger.One << 128) | 1 | (BigInteger.One << 127);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 2), kind);
            foreach (var hardened in new[] { false, true }) AssertLow(engine, n, hardened);
            foreach (var hardened in new[] { false, true })
                Assert.Throws<ArgumentOutOfRangeException>(() => Powers.RaiseAll(engine, engine.One, [1], -1, hardened, new ulong[engine.PairLength]));
        }
    }

    private static void AssertLow(ModularEngine engine, BigInteger n, bool hardened)
    {
        var (x, block, numbers) = (Random(n), new ulong[engine.PairLength], new ulong[4 * engine.Lanes]);
        for (var lane = 0; lane < engine.Lanes; lane++) Words(x, 4).CopyTo(numbers.AsSpan(4 * lane));
        engine.LoadPairs(numbers, 4, block);
        Powers.RaiseAll(engine, block, [ulong.MaxValue, ulong.MaxValue], 67, hardened, block);
        engine.StorePairs(block, numbers);
        for (var lane = 0; lane < engine.Lanes; lane++) Assert.Equal(BigInteger.ModPow(x, (BigInteger.One << 67) - 1, n * n), Integer(numbers.AsSpan(4 * lane, 4)));
    }
}
