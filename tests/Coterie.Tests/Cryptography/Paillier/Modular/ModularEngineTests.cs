using System.Numerics;
using System.Reflection;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>What every engine does, compared with BigInteger. A new engine is one derived class.</summary>
public abstract class ModularEngineTests
{
    private TestedEngineAttribute Tested => GetType().GetCustomAttribute<TestedEngineAttribute>()!;

    [EngineFact]
    public void Products_OfSpecialAndRandomNumbers_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators(EngineNumbers.Sizes))
        {
            var (n, squared, engine) = (calculator.Modulus, calculator.Squared, calculator.Engine);
            var operands = EngineNumbers.Operands(calculator);
            var random = new SeededRandom(3, (ulong)n.GetBitLength());
            var blocks = operands.Select(o => calculator.LoadPairs(o)).ToArray();
            // Every operand takes its turn on the left, or some of them where BigInteger is slow.
            for (var i = 0; i < operands.Length; i += n.GetBitLength() > 1025 ? 11 : 2)
            {
                var others = Enumerable.Range(0, calculator.Lanes).Select(_ => operands[random.NextInt32(operands.Length)]).ToArray();
                var (x, y, z) = (blocks[i], calculator.LoadPairs(others), new ulong[engine.PairLength]);
                engine.MultiplyPairs(x, y, z);
                Equal(others.Select(o => o * operands[i] % squared), calculator.StorePairs(z), calculator);
                engine.SquarePairs(y, z);
                Equal(others.Select(o => o * o % squared), calculator.StorePairs(z), calculator);
                var single = new ulong[engine.SingleLength];
                engine.MultiplySingles(x.AsSpan(0, single.Length), y.AsSpan(0, single.Length), single);
                Equal(others.Select(o => o * operands[i] % n), calculator.StoreSingles(single), calculator);
                engine.SquareSingles(y.AsSpan(0, single.Length), single);
                Equal(others.Select(o => o * o % n), calculator.StoreSingles(single), calculator);
            }
        }
    }

    /// <summary>Powers of two against one another go through every place of a limb, where carries are decided.</summary>
    [EngineFact]
    public void Products_OfMontgomeryFormsWithOneBit_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators([64, 137, 512]))
        {
            var (squared, engine) = (calculator.Squared, calculator.Engine);
            var inverse = calculator.InverseRadix;
            var bits = (int)calculator.Modulus.GetBitLength();
            for (var a = 0; a < bits - 1; a += 7)
            {
                for (var b = 0; b < 66; b += calculator.Lanes)
                {
                    var left = (BigInteger.One << a) * inverse % squared;
                    var right = Enumerable.Range(b, calculator.Lanes).Select(shift => (BigInteger.One << Math.Min(shift, bits - 2)) * inverse % squared).ToArray();
                    var z = calculator.LoadPairs(left);
                    engine.MultiplyPairs(z, calculator.LoadPairs(right), z);
                    Equal(right.Select(r => r * left % squared), calculator.StorePairs(z), calculator);
                }
            }
        }
    }

    /// <summary>Sums of 127 numbers whose both halves are as large as they get; their products are below 2n again.</summary>
    [EngineFact]
    public void Products_OfTheLargestSums_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators(EngineNumbers.Sizes))
        {
            var (n, squared, engine) = (calculator.Modulus, calculator.Squared, calculator.Engine);
            var inverse = calculator.InverseRadix;
            BigInteger[] all = [.. new[] { squared - 1, squared - n, n - 1, squared - 2 }.Select(x => x * inverse % squared)];
            foreach (var terms in Blocks(all, calculator.Lanes))
            {
                BigInteger[] sums = [.. terms.Select(t => 127 * t % squared)];
                var term = calculator.LoadPairs(terms);
                var sum = (ulong[])term.Clone();
                for (var i = 1; i < 127; i++) calculator.AddPairs(sum, term, sum);
                Equal(sums, calculator.StorePairs(sum), calculator);
                var z = new ulong[engine.PairLength];
                engine.MultiplyPairs(sum, sum, z);
                Equal(sums.Select(s => s * s % squared), calculator.StorePairs(z), calculator);
                engine.SquarePairs(sum, z);
                Equal(sums.Select(s => s * s % squared), calculator.StorePairs(z), calculator);
                // What comes out is small enough to be summed again.
                Assert.All(calculator.Raw(z.AsSpan(0, engine.SingleLength)).Concat(calculator.Raw(z.AsSpan(engine.SingleLength))), half => Assert.True(half < 2 * n));
                sum = (ulong[])z.Clone();
                for (var i = 1; i < 64; i++) calculator.AddPairs(sum, z, sum);
                engine.SquarePairs(sum, sum);
                Equal(sums.Select(s => 4096 * BigInteger.ModPow(s, 4, squared) % squared), calculator.StorePairs(sum), calculator);
            }
        }
    }

    /// <summary>Halves of 2^7 n - 1 in products, 64 n - 1 in what is taken away: all that is promised, to the last bit.</summary>
    [EngineFact]
    public void Operations_AtTheirBounds_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators(EngineNumbers.Sizes))
        {
            var (n, squared, engine) = (calculator.Modulus, calculator.Squared, calculator.Engine);
            var inverse = calculator.InverseRadix;
            var (large, z) = (calculator.Block((128 * n) - 1, (128 * n) - 1), new ulong[engine.PairLength]);
            var value = ((128 * n) - 1) * (n + 1) * inverse % squared;
            IEnumerable<BigInteger> All(BigInteger x) => Enumerable.Repeat(EngineCalculator.Mod(x, squared), calculator.Lanes);
            Equal(All(value), calculator.StorePairs(large), calculator);
            engine.MultiplyPairs(large, large, z);
            Equal(All(value * value), calculator.StorePairs(z), calculator);
            Assert.All(calculator.Raw(z.AsSpan(0, engine.SingleLength)).Concat(calculator.Raw(z.AsSpan(engine.SingleLength))), half => Assert.True(half < 2 * n));
            engine.SquarePairs(large, z);
            Equal(All(value * value), calculator.StorePairs(z), calculator);
            engine.SubtractPairs(calculator.Block(0, 0), calculator.Block((64 * n) - 1, (64 * n) - 1), z);
            Equal(All(-((64 * n) - 1) * (n + 1) * inverse), calculator.StorePairs(z), calculator);
            engine.SubtractPairs(large, calculator.Block(0, 0), z);
            Equal(All(value), calculator.StorePairs(z), calculator);
        }
    }

    [EngineFact]
    public void SinglesSums_AndDifferences_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators(EngineNumbers.Sizes))
        {
            var (n, engine) = (calculator.Modulus, calculator.Engine);
            var inverse = calculator.InverseRadix;
            BigInteger[] all = [.. new BigInteger[] { n - 1, 0, 1, n - 2, n >> 1 }.Select(x => x * inverse % n)];
            foreach (var (some, others) in Blocks(all, calculator.Lanes).SelectMany(_ => Blocks(all, calculator.Lanes), (x, y) => (x, y)))
            {
                var (x, y, z) = (calculator.LoadSingles(some), calculator.LoadSingles(others), new ulong[engine.SingleLength]);
                var much = (ulong[])x.Clone();
                for (var i = 1; i < 63; i++) engine.AddSingles(much, x, much);
                engine.AddSingles(x, y, z);
                Equal(some.Zip(others, (a, b) => (a + b) % n), calculator.StoreSingles(z), calculator);
                engine.SubtractSingles(y, x, z);
                Equal(some.Zip(others, (a, b) => EngineCalculator.Mod(b - a, n)), calculator.StoreSingles(z), calculator);
                engine.SubtractSingles(y, much, z);
                Equal(some.Zip(others, (a, b) => EngineCalculator.Mod(b - (63 * a), n)), calculator.StoreSingles(z), calculator);
                engine.SubtractSingles(much, y, z);
                engine.SquareSingles(z, z);
                Equal(some.Zip(others, (a, b) => BigInteger.ModPow(EngineCalculator.Mod((63 * a) - b, n), 2, n)), calculator.StoreSingles(z), calculator);
                engine.SubtractSingles(z, z, z);
                Equal(some.Select(_ => BigInteger.Zero), calculator.StoreSingles(z), calculator);
            }
        }
    }

    /// <summary>What is taken away is 63 numbers whose both halves are as large as they get, or as small.</summary>
    [EngineFact]
    public void PairsDifferences_OfTheLargestSums_AreThoseOfBigInteger()
    {
        foreach (var calculator in Calculators(EngineNumbers.Sizes))
        {
            var (n, squared, engine) = (calculator.Modulus, calculator.Squared, calculator.Engine);
            var inverse = calculator.InverseRadix;
            BigInteger[] all = [.. new[] { squared - 1, squared - n, n - 1, 0 }.Select(x => x * inverse % squared)];
            foreach (var some in Blocks(all, calculator.Lanes))
            {
                BigInteger[] others = [.. some.Select((_, i) => all[(i * 3) % all.Length])];
                var (x, y, z) = (calculator.LoadPairs(some), calculator.LoadPairs(others), new ulong[engine.PairLength]);
                var much = (ulong[])x.Clone();
                for (var i = 1; i < 63; i++) calculator.AddPairs(much, x, much);
                engine.SubtractPairs(y, much, z);
                Equal(some.Zip(others, (a, b) => EngineCalculator.Mod(b - (63 * a), squared)), calculator.StorePairs(z), calculator);
                engine.SquarePairs(z, z);
                Equal(some.Zip(others, (a, b) => BigInteger.ModPow(EngineCalculator.Mod(b - (63 * a), squared), 2, squared)), calculator.StorePairs(z), calculator);
                engine.SubtractPairs(much, much, much);
                Equal(some.Select(_ => BigInteger.Zero), calculator.StorePairs(much), calculator);
            }
        }
    }

    [EngineFact]
    public void Load_NumbersOfEveryLength_AreReduced()
    {
        foreach (var calculator in Calculators([64, 65, 137, 244, 1023, 1024, 2048]))
        {
            var (n, squared, engine) = (calculator.Modulus, calculator.Squared, calculator.Engine);
            var random = new SeededRandom(4, (ulong)n.GetBitLength());
            var step = Math.Max(1, engine.Words / 5);
            for (var words = 1; words <= 4 * engine.Words; words = words == 4 * engine.Words ? words + 1 : Math.Min(words + step, 4 * engine.Words))
            {
                var ones = (BigInteger.One << (64 * words)) - 1;
                BigInteger[] numbers = [ones, 0, 1, BigInteger.One << ((64 * words) - 1), .. Enumerable.Range(0, 4).Select(_ => EngineNumbers.Random(random, 64 * words))];
                foreach (var some in Blocks(numbers, calculator.Lanes))
                {
                    Equal(some.Select(x => x % squared), calculator.StorePairs(calculator.LoadPairs(words, some)), calculator);
                    Equal(some.Select(x => x % n), calculator.StoreSingles(calculator.LoadSingles(words, some)), calculator);
                }
            }
            var tooMany = (4 * engine.Words) + 1;
            Assert.Throws<ArgumentOutOfRangeException>(() => calculator.LoadPairs(tooMany, [BigInteger.One]));
        }
    }

    [EngineFact]
    public void StoreHalves_OfAnyPair_AreBelowTheModulus()
    {
        // 832, 3264 and 3648 bits are whole limbs as well as whole words: n + 1, as which 1 comes out of Montgomery form, may have a limb above the words.
        foreach (var calculator in Calculators([.. EngineNumbers.Sizes, 832, 3264, 3648]))
        {
            var (n, squared) = (calculator.Modulus, calculator.Squared);
            BigInteger[] all = [squared - 1, squared - n, n - 1, n, n + 1, 0, 1, squared - n - 1];
            foreach (var numbers in Blocks(all, calculator.Lanes))
            {
                var x = calculator.LoadPairs(numbers);
                Assert.Equal(numbers.Select(value => (value % n, value / n)), calculator.StoreHalves(x));
                // x + (n^2 - x), not reduced, comes out as zero: halves of exactly n are taken to zero, with their carry.
                calculator.AddPairs(x, calculator.LoadPairs([.. numbers.Select(value => (squared - value) % squared)]), x);
                Assert.All(calculator.StoreHalves(x), halves => Assert.Equal((BigInteger.Zero, BigInteger.Zero), halves));
            }
        }
    }

    [EngineFact]
    public void Results_InThePlaceOfAnOperand_AreTheSame()
    {
        foreach (var calculator in Calculators([137, 1025]))
        {
            var engine = calculator.Engine;
            var operands = EngineNumbers.Operands(calculator);
            var (x, y) = (calculator.LoadPairs(operands[^4..]), calculator.LoadPairs(operands[^5..]));
            Same(engine.MultiplyPairs, x, y);
            Same((a, _, z) => engine.SquarePairs(a, z), x, y);
            Same(engine.SubtractPairs, x, y);
            x = x[..engine.SingleLength];
            y = y[..engine.SingleLength];
            Same(engine.MultiplySingles, x, y);
            Same((a, _, z) => engine.SquareSingles(a, z), x, y);
            Same(engine.AddSingles, x, y);
            Same(engine.SubtractSingles, x, y);
        }
        static void Same(Operation operation, ulong[] x, ulong[] y)
        {
            var z = new ulong[x.Length];
            operation(x, y, z);
            var left = (ulong[])x.Clone();
            operation(left, y, left);
            Assert.Equal(z, left);
            var right = (ulong[])y.Clone();
            operation(x, right, right);
            Assert.Equal(z, right);
            var both = (ulong[])x.Clone();
            operation(both, both, both);
            var twin = new ulong[x.Length];
            operation(x, x, twin);
            Assert.Equal(twin, both);
        }
    }

    /// <summary>Kernels read without looking: what is not there is refused before.</summary>
    [EngineFact]
    public void Select_OfAnEntryThatIsNotThere_IsRefused()
    {
        foreach (var calculator in Calculators([512]))
        {
            var engine = calculator.Engine;
            var pairs = new ulong[engine.PairLength];
            var digits = new long[engine.Lanes];
            digits[^1] = 3;
            Assert.ThrowsAny<ArgumentException>(() => engine.Select(new ulong[3 * engine.EntryLength], shared: true, digits, hardened: false, pairs));
            engine.Select(new ulong[4 * engine.EntryLength], shared: true, digits, hardened: false, pairs);
            Assert.ThrowsAny<ArgumentException>(() => engine.Select(new ulong[(4 * engine.PairLength) + 1], shared: false, digits, hardened: true, pairs));
        }
    }

    [EngineFact]
    public void Select_OfEveryEntry_IsThatEntryHardenedOrNot()
    {
        foreach (var calculator in Calculators([137, 512, 2047]))
        {
            var engine = calculator.Engine;
            foreach (var entries in new[] { 1, 2, 8, 9, 16, 17, 33, 70 })
            {
                var random = new SeededRandom(9, (ulong)entries);
                var values = Enumerable.Range(0, entries).Select(_ => Enumerable.Range(0, engine.Lanes).Select(_ => EngineNumbers.Random(random, engine.Words * 64)).ToArray()).ToArray();
                var perLane = values.SelectMany(v => calculator.LoadPairs(v)).ToArray();
                var shared = new[] { true, false }.ToDictionary(hardened => hardened, hardened => new SharedTable(engine, entries, hardened));
                var entry = new ulong[engine.EntryLength];
                for (var e = 0; e < entries; e++)
                {
                    var pairs = perLane.AsSpan(e * engine.PairLength, engine.PairLength);
                    // Lanes other than the entry's own in a table, most of them.
                    foreach (var table in shared.Values) table.Put(e, pairs, e / 2 % engine.Lanes);
                    engine.Extract(pairs, e % engine.Lanes, entry);
                    var everywhere = new ulong[engine.PairLength];
                    engine.InsertAll(entry, everywhere);
                    Equal(Enumerable.Repeat(values[e][e % engine.Lanes], engine.Lanes), calculator.StorePairs(everywhere), calculator);
                }
                for (var round = 0; round < 4; round++)
                {
                    var digits = Enumerable.Range(0, engine.Lanes).Select(lane => (long)(round == 0 ? lane * 7 % entries : random.NextInt32(entries))).ToArray();
                    foreach (var hardened in new[] { true, false })
                    {
                        var block = new ulong[engine.PairLength];
                        block.AsSpan().Fill(ulong.MaxValue);
                        engine.Select(perLane, false, digits, hardened, block);
                        Equal(digits.Select((digit, lane) => values[digit][lane]), calculator.StorePairs(block), calculator);
                        shared[hardened].Select(digits, block);
                        Equal(digits.Select(digit => values[digit][digit / 2 % engine.Lanes]), calculator.StorePairs(block), calculator);
                    }
                }
            }
        }
    }

    [EngineFact]
    public void StorePairs_WithRoomForFewerLanesOrMore_WritesThoseThereAre()
    {
        foreach (var calculator in Calculators([65, 244]))
        {
            var (lanes, words) = (calculator.Lanes, 2 * calculator.Engine.Words);
            var pairs = calculator.LoadPairs([.. Enumerable.Range(1, lanes).Select(i => calculator.Squared - i)]);
            for (var room = 0; room <= lanes + 1; room++)
            {
                var numbers = new ulong[words * room];
                calculator.Engine.StorePairs(pairs, numbers);
                for (var lane = 0; lane < room; lane++)
                    Assert.Equal(lane < lanes ? calculator.Squared - lane - 1 : 0, EngineCalculator.Number(numbers.AsSpan(words * lane, words)));
            }
        }
    }

    [EngineFact]
    public void Rotate_ByEveryDistance_MovesLanesDown()
    {
        foreach (var calculator in Calculators([137]))
        {
            var (lanes, rotated) = (calculator.Lanes, new ulong[calculator.Engine.PairLength]);
            var values = Enumerable.Range(1, lanes).Select(i => (BigInteger)i).ToArray();
            for (var by = 0; by < lanes; by++)
            {
                calculator.Engine.Rotate(calculator.LoadPairs(values), by, rotated);
                Equal(values.Select((_, lane) => values[(lane + by) % lanes]), calculator.StorePairs(rotated), calculator);
            }
        }
    }

    [EngineFact]
    public void One_AsPairAndAsSingle_IsOne()
    {
        foreach (var calculator in Calculators([64, 137, 1024]))
        {
            var one = calculator.Engine.One;
            Equal(Enumerable.Repeat(BigInteger.One, calculator.Lanes), calculator.StorePairs(one), calculator);
            Equal(Enumerable.Repeat(BigInteger.One, calculator.Lanes), calculator.StoreSingles(one[..calculator.Engine.SingleLength]), calculator);
        }
    }

    private delegate void Operation(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    private IEnumerable<EngineCalculator> Calculators(int[] sizes)
    {
        foreach (var bits in sizes)
        {
            foreach (var modulus in EngineNumbers.Moduli(bits))
            {
                using var calculator = new EngineCalculator(modulus, Tested.Kind, Tested.LimbBits);
                yield return calculator;
            }
        }
    }

    /// <summary>The numbers in blocks of as many as there are lanes, the last filled up from the beginning.</summary>
    private static IEnumerable<BigInteger[]> Blocks(BigInteger[] numbers, int lanes)
    {
        for (var first = 0; first < numbers.Length; first += lanes) yield return [.. Enumerable.Range(first, lanes).Select(i => numbers[i % numbers.Length])];
    }

    private static void Equal(IEnumerable<BigInteger> expected, BigInteger[] actual, EngineCalculator calculator)
    {
        var lane = 0;
        foreach (var value in expected)
        {
            Assert.True(value == actual[lane], $"Lane {lane} modulo {calculator.Modulus:x} ({calculator.Modulus.GetBitLength()} bits): {actual[lane]:x}, not {value:x}.");
            lane++;
        }
        Assert.Equal(actual.Length, lane);
    }
}
