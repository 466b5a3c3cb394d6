using System.Numerics;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class InversesTests
{
    private static readonly BigInteger P = (BigInteger.One << 61) - 1;
    private static readonly BigInteger N = P * ((BigInteger.One << 89) - 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Invert_SoManyBlocks_GivesTheInverseOfEveryLane(int blocks)
    {
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(N, 3), kind);
            // Both ends, and numbers whose inverse comes out of Euclid's algorithm negative and positive.
            BigInteger[] numbers = [.. new BigInteger[] { 1, (N * N) - 1, 2, 3, N - 1, N + 1 }.Concat(Enumerable.Range(0, 64).Select(_ => Unit())).Take(blocks * engine.Lanes)];
            var pairs = Load(engine, numbers);
            Inverses.Invert(engine, pairs);
            Assert.Equal(numbers.Select(x => Inverse(x, N * N)), Store(engine, pairs));
        }
    }

    [Fact]
    public void Invert_OneLaneSharesAFactor_IsRefusedAndTold()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(N, 3), kind);
            for (var place = 0; place < 2 * engine.Lanes; place++)
            {
                foreach (var bad in new[] { P, 0, N, 3 * P, N * P })
                {
                    BigInteger[] numbers = [.. Enumerable.Range(0, 2 * engine.Lanes).Select(i => i == place ? bad : Unit())];
                    var pairs = Load(engine, numbers);
                    Assert.False(Inverses.AreInvertible(engine, pairs));
                    Assert.Contains("shares a factor", Assert.Throws<ArgumentException>(() => Inverses.Invert(engine, pairs)).Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void AreInvertible_AllLanesAreUnits_IsTrueAndChangesNothing()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(N, 3), kind);
            foreach (var blocks in new[] { 0, 1, 3 })
            {
                var pairs = Load(engine, [.. Enumerable.Range(0, blocks * engine.Lanes).Select(_ => Unit())]);
                var before = (ulong[])pairs.Clone();
                Assert.True(Inverses.AreInvertible(engine, pairs));
                Assert.Equal(before, pairs);
            }
        }
    }

    private static BigInteger Unit()
    {
        while (true)
            if (Random(N * N) is var x && BigInteger.GreatestCommonDivisor(x, N).IsOne) return x;
    }

    private static ulong[] Load(ModularEngine engine, BigInteger[] numbers)
    {
        var pairs = new ulong[numbers.Length / engine.Lanes * engine.PairLength];
        for (var i = 0; i < numbers.Length / engine.Lanes; i++)
            engine.LoadPairs(numbers.Skip(i * engine.Lanes).Take(engine.Lanes).SelectMany(x => Words(x, 6)).ToArray(), 6, pairs.AsSpan(i * engine.PairLength, engine.PairLength));
        return pairs;
    }

    private static List<BigInteger> Store(ModularEngine engine, ulong[] pairs)
    {
        var (result, numbers) = (new List<BigInteger>(), new ulong[6 * engine.Lanes]);
        for (var i = 0; i < pairs.Length; i += engine.PairLength)
        {
            engine.StorePairs(pairs.AsSpan(i, engine.PairLength), numbers);
            for (var lane = 0; lane < engine.Lanes; lane++) result.Add(Integer(numbers.AsSpan(6 * lane, 6)));
        }
        return result;
    }
}
