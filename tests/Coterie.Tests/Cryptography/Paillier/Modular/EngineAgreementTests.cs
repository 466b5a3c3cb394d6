using System.Globalization;
using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;
using Xunit.Abstractions;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>All engines of this processor make the same numbers out of the same numbers, to the bit, for as long as <c>COTERIE_SOAK_SECONDS</c> says.</summary>
public sealed class EngineAgreementTests(ITestOutputHelper output)
{
    /// <summary>As many numbers as the widest engine takes.</summary>
    private const int Numbers = 8;

    private const int Steps = 300;

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("COTERIE_SOAK_SECONDS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public void Chains_OfRandomOperations_EndInTheSameNumbers()
    {
        var start = TimeProvider.System.GetTimestamp();
        var random = new SeededRandom(8);
        long products = 0;
        do
        {
            var bits = 512 + random.NextInt32(513);
            var modulus = EngineNumbers.Random(random, bits) | (BigInteger.One << (bits - 1)) | 1;
            var starts = Enumerable.Range(0, 2 * Numbers).Select(_ => EngineNumbers.Random(random, 2 * bits)).ToArray();
            var seed = random.NextUInt64();
            var expected = ByBigInteger(starts[0], starts[Numbers], modulus * modulus, seed);
            BigInteger[]? agreed = null;
            foreach (var kind in ModularEngines.Supported)
            {
                var actual = ByEngine(starts, modulus, kind, seed);
                Assert.True(expected == actual[0], $"{kind} modulo {modulus:x}, seed {seed}: {actual[0]:x}, not {expected:x}.");
                products += Numbers * Steps;
                agreed ??= actual;
                Assert.True(agreed.SequenceEqual(actual), $"{kind} and {ModularEngines.Supported[0]} differ modulo {modulus:x}, seed {seed}.");
            }
        }
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < Seconds);
        output.WriteLine($"{products} products by {string.Join(", ", ModularEngines.Supported)}; no two differ.");
    }

    private static BigInteger[] ByEngine(BigInteger[] starts, BigInteger modulus, EngineKind kind, ulong seed)
    {
        using var calculator = new EngineCalculator(modulus, kind, 0);
        var engine = calculator.Engine;
        var results = new List<BigInteger>();
        for (var first = 0; first < Numbers; first += engine.Lanes)
        {
            var (x, y) = (calculator.LoadPairs(starts.AsSpan(first, engine.Lanes)), calculator.LoadPairs(starts.AsSpan(Numbers + first, engine.Lanes)));
            var random = new SeededRandom(seed);
            for (var i = 0; i < Steps; i++)
            {
                switch (random.NextInt32(4))
                {
                    case 0: engine.SquarePairs(x, x); break;
                    case 1: engine.MultiplyPairs(x, y, y); break;
                    case 2:
                        calculator.AddPairs(x, y, y);
                        engine.MultiplyPairs(x, y, x);
                        break;
                    default: engine.MultiplyPairs(y, x, x); break;
                }
                if (i % 3 == 0) engine.SquarePairs(y, y);
            }
            results.AddRange(calculator.StorePairs(x));
        }
        return [.. results];
    }

    private static BigInteger ByBigInteger(BigInteger x, BigInteger y, BigInteger modulus, ulong seed)
    {
        var random = new SeededRandom(seed);
        for (var i = 0; i < Steps; i++)
        {
            switch (random.NextInt32(4))
            {
                case 0: x = x * x % modulus; break;
                case 1: y = x * y % modulus; break;
                case 2:
                    y += x;
                    x = x * y % modulus;
                    break;
                default: x = x * y % modulus; break;
            }
            if (i % 3 == 0) y = y * y % modulus;
        }
        return x;
    }
}
