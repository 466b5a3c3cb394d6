using System.Numerics;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class SinglePowersTests
{
    [Fact]
    public void RaiseAll_OnEveryEngine_IsThePower()
    {
        BigInteger n = Random(BigInteger.One << 512) | 1 | (BigInteger.One << 511), exponent = Random(BigInteger.One << 256);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(Words(n, 8), kind);
            BigInteger[] bases = [0, 1, n - 1, .. Enumerable.Range(3, Math.Max(0, engine.Lanes - 3)).Select(_ => Random(n))];
            bases = bases[..engine.Lanes];
            foreach (var power in new[] { 0, 1, 2, exponent, (BigInteger.One << 256) - 1 })
            {
                foreach (var hardened in new[] { false, true })
                {
                    var (block, numbers) = (new ulong[engine.SingleLength], bases.SelectMany(b => Words(b, 8)).ToArray());
                    engine.LoadSingles(numbers, 8, block);
                    SinglePowers.RaiseAll(engine, block, Words(power, 4), hardened, block);
                    engine.StoreSingles(block, numbers);
                    for (var lane = 0; lane < engine.Lanes; lane++) Assert.Equal(BigInteger.ModPow(bases[lane], power, n), Integer(numbers.AsSpan(8 * lane, 8)));
                }
            }
        }
    }
}
