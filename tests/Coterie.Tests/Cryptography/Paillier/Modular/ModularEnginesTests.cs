using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

public sealed class ModularEnginesTests
{
    private static readonly ulong[] Modulus = [1, 2, 3];

    [Fact]
    public void Supported_OnEveryProcessor_EndsWithThePortableEngine()
    {
        Assert.Equal(EngineKind.Portable, ModularEngines.Supported[^1]);
        Assert.DoesNotContain(EngineKind.Best, ModularEngines.Supported);
        Assert.Equal(ModularEngines.Supported.Order(), ModularEngines.Supported);
    }

    [Fact]
    public void Create_OfEachKind_HasItsLanes()
    {
        var lanes = new Dictionary<EngineKind, int> { [EngineKind.Avx512] = 8, [EngineKind.Avx2] = 4, [EngineKind.Portable] = 1 };
        foreach (var (kind, expected) in lanes)
        {
            if (!ModularEngines.IsSupported(kind))
            {
                var message = Assert.Throws<PlatformNotSupportedException>(() => ModularEngines.Create(Modulus, kind)).Message;
                Assert.EndsWith($"for {kind}; it has those for {string.Join(", ", ModularEngines.Supported)}.", message, StringComparison.Ordinal);
                continue;
            }
            using var engine = ModularEngines.Create(Modulus, kind);
            Assert.Equal((expected, 3), (engine.Lanes, engine.Words));
            Assert.Equal(Modulus, engine.Modulus.ToArray());
        }
        using var best = ModularEngines.Create(Modulus);
        Assert.Equal(lanes[ModularEngines.Supported[0]], best.Lanes);
    }

    [Fact]
    public void Create_ForWhatIsNoModulus_IsRefused()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            foreach (ulong[] modulus in new ulong[][] { [], [2], [0, 1], [1, 0] })
                Assert.Contains("odd and its highest word", Assert.Throws<ArgumentException>("modulus", () => ModularEngines.Create(modulus, kind)).Message, StringComparison.Ordinal);
            var tooLong = new ulong[8192 / 64];
            tooLong.AsSpan().Fill(ulong.MaxValue);
            Assert.Throws<ArgumentOutOfRangeException>(() => ModularEngines.Create(tooLong, kind));
        }
    }

    /// <summary>The refusal says how many bits there may be; so many are taken, and one more is not.</summary>
    [Fact]
    public void Create_OfTheLongestModulus_IsTakenAndOneBitMoreIsNot()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => ModularEngines.Create(OfBits(8192), kind)).Message;
            var most = int.Parse(refusal.Split("at most ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(most, 6144, 8191);
            ModularEngines.Create(OfBits(most), kind).Dispose();
            Assert.Throws<ArgumentOutOfRangeException>(() => ModularEngines.Create(OfBits(most + 1), kind));
        }

        static ulong[] OfBits(int bits)
        {
            var modulus = new ulong[(bits + 63) / 64];
            (modulus[0], modulus[^1]) = (1, modulus[^1] | (1UL << ((bits - 1) % 64)));
            return modulus;
        }
    }

    [Fact]
    public void Dispose_OfAnEngine_LeavesNothingOfTheModulus()
    {
        foreach (var kind in ModularEngines.Supported)
        {
            var engine = ModularEngines.Create(Modulus, kind);
            engine.Dispose();
            Assert.All(engine.Modulus.ToArray(), word => Assert.Equal(0UL, word));
            Assert.All(engine.One.ToArray(), word => Assert.Equal(0UL, word));
        }
    }
}
