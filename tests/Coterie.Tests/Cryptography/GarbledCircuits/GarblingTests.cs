using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>Garbled circuits compute what circuits compute, on both paths, in batches and in chunks.</summary>
public sealed class GarblingTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var name in Known.Keys)
                foreach (var instances in (int[])[1, 7, 8, 9, 33]) cases.Add(name, instances);
            cases.Add("less", 1000);
            cases.Add("sigmoid", 1000);
            return cases;
        }
    }

    private static Dictionary<string, Circuit> Known { get; } = new()
    {
        ["add"] = Circuits.Of(64, 2, (b, w) => b.Add(w[0], w[1])),
        ["less"] = Circuits.Of(64, 2, (b, w) => b.LessSigned(w[0], w[1])),
        ["inverted and constant"] = Circuits.Of(3, 2, (b, w) => (~w[0]).Below(Word.Constant(2, 2)).Below(w[1]).Below(new Word([!b.And(w[0][0], !w[1][1])]))),
        ["argmin"] = Circuits.Of(16, 8, (b, w) => new Word(b.ArgMin(w))),
        ["clip"] = Circuits.Of(32, 1, (b, w) => b.Clip(w[0], -1000, 77)),
        ["multiply"] = Circuits.Of(24, 2, (b, w) => b.MultiplyFixed(w[0], w[1], 10)),
        ["sigmoid"] = Circuits.Of(64, 1, (b, w) => b.Sigmoid(w[0], 20)),
        ["reciprocal"] = Circuits.Of(64, 1, (b, w) => b.Reciprocal(w[0], 20)),
        ["square root"] = Circuits.Of(64, 1, (b, w) => b.SquareRoot(w[0], 20)),
        ["exponential"] = Circuits.Of(64, 1, (b, w) => b.Exponential(w[0], 20)),
        ["without conjunctions"] = Circuits.Of(9, 2, (b, w) => b.Xor(w[0], ~w[1])),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluate_OfGarbledCircuits_GivesWhatTheCircuitGives(string name, int instances)
    {
        using var session = new GarblingSession();
        var circuit = Known[name];
        var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, instances);
        Assert.Equal(ClearCircuit.Evaluate(circuit, instances, garblerBits, evaluatorBits), session.Run(circuit, instances, garblerBits, evaluatorBits));
    }

    [Fact]
    public void Evaluate_OfManyBatchesOfASession_GivesWhatTheCircuitsGive()
    {
        using var session = new GarblingSession();
        foreach (var circuit in Known.Values)
            for (var instances = 1; instances <= 3; instances++)
            {
                var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, instances);
                Assert.Equal(ClearCircuit.Evaluate(circuit, instances, garblerBits, evaluatorBits), session.Run(circuit, instances, garblerBits, evaluatorBits));
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(35)]
    public void Garble_OnEveryPath_GivesTheSameBytes(int instances)
    {
        foreach (var name in (string[])["less", "inverted and constant", "clip"])
        {
            var circuit = Known[name];
            var secret = Random.Bytes(CryptographicRandom.SecretLength);
            var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, instances);
            var outcomes = new List<byte[]>();
            foreach (var path in Paths)
            {
                using var session = new GarblingSession(CryptographicRandom.Expanding(secret), (UInt128)77 << 90 | 1, path);
                // A first batch, so that the compared one does not start at tweak 0.
                session.Run(Known["without conjunctions"], 1, [1, 1], [0, 1]);
                using var batch = session.Garbler.Garble(circuit, instances);
                var (zero, one) = batch.TakeEvaluatorPairs();
                var evaluated = session.Evaluator.Evaluate(circuit, instances, batch.Tables.Span, batch.EncodeGarbler(garblerBits), GarblingSession.Choose(zero, one, evaluatorBits));
                outcomes.Add([.. batch.Tables.Span, .. batch.Shares(0, circuit.Outputs.Length), .. evaluated.Shares(0, circuit.Outputs.Length)]);
            }
            Assert.All(outcomes, outcome => Assert.Equal(outcomes[0], outcome));
        }
    }

    [Fact]
    public void Garble_FromCorrelatedLabels_GivesWhatTheCircuitGives()
    {
        var circuit = Known["less"];
        var delta = new UInt128(Draw(), Draw()) | 1;
        using var session = new GarblingSession(Random, delta, CircuitKernel.Fastest);
        var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, 9);
        // What correlated transfers leave: the sender has L, the receiver L or L ^ Delta.
        var zeros = new UInt128[9 * 64];
        foreach (ref var label in zeros.AsSpan()) label = new UInt128(Draw(), Draw());
        using var batch = session.Garbler.Garble(circuit, 9, zeros);
        var received = GarblingSession.Choose(zeros, [.. zeros.Select(z => z ^ delta)], evaluatorBits);
        var evaluated = session.Evaluator.Evaluate(circuit, 9, batch.Tables.Span, batch.EncodeGarbler(garblerBits), received);
        Assert.Equal(ClearCircuit.Evaluate(circuit, 9, garblerBits, evaluatorBits), evaluated.Decode(0, 1, batch.Decoding(0, 1)));
        Assert.Throws<InvalidOperationException>(() => batch.TakeEvaluatorPairs());
        Assert.Equal(delta, session.Garbler.Delta);
    }

    [Fact]
    public void Garble_InChunksOfBoundedMemory_GivesTheWholeResult()
    {
        const int Instances = 1000;
        var circuit = Known["less"];
        var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, Instances);
        var expected = ClearCircuit.Evaluate(circuit, Instances, garblerBits, evaluatorBits);
        using var session = new GarblingSession();
        var chunk = circuit.InstancesWithin(1 << 20);
        Assert.InRange(chunk, 100, 300);
        for (var first = 0; first < Instances; first += chunk)
        {
            var count = Math.Min(chunk, Instances - first);
            var part = session.Run(circuit, count, garblerBits[(first * 8)..((first + count) * 8)], evaluatorBits[(first * 8)..((first + count) * 8)]);
            for (var i = 0; i < count; i++) Assert.Equal(PackedBits.Get(expected, first + i), PackedBits.Get(part, i));
        }
    }

    [Fact]
    public void Garble_OfSharedValues_LeavesFreshAdditiveShares()
    {
        var additive = AdditiveCircuit.Of(64, 2, (b, x) => [b.Max(x[0], x[1]), b.Relu(x[0])]);
        Assert.Equal((63 * 2) + 128 + 63, additive.Circuit.Ands);
        var rows = Circuits.Edges(2, 50, 5);
        var (mine, theirs) = Share(additive, rows, 50);
        for (var i = 0; i < 50; i++)
        {
            long a = unchecked((long)rows[i * 2]), b = unchecked((long)rows[(i * 2) + 1]);
            Assert.Equal(Math.Max(a, b), unchecked((long)(mine[i * 2] + theirs[i * 2])));
            Assert.Equal(Math.Max(a, 0), unchecked((long)(mine[(i * 2) + 1] + theirs[(i * 2) + 1])));
        }
    }

    /// <summary>Constants, inverted bits, bits that repeat, a bit in two words, and a word that is one bit.</summary>
    [Fact]
    public void Project_OfAnyBits_LeavesTheWordTheyMake()
    {
        var additive = AdditiveCircuit.Of(20, 1, (b, x) =>
        [
            x[0].ToSigned(64), (~x[0]).ToSigned(64), x[0].ToUnsigned(64), Word.Constant(-77, 64),
            new Word([.. Enumerable.Range(0, 64).Select(i => i == 9 ? x[0].Sign : i == 3 ? Bit.One : i == 63 ? !x[0][0] : Bit.Zero)]),
        ]);
        Assert.Equal((62, 5), (additive.Projection.Bits, additive.Projection.Words));
        var numbers = Enumerable.Range(0, 60).Select(i => unchecked((ulong)(i == 0 ? 0 : i == 1 ? -1 : i == 2 ? -(1 << 19) : i == 3 ? (1 << 19) - 1 : (long)(Draw() % (1 << 20)) - (1 << 19)))).ToArray();
        var (mine, theirs) = Share(additive, numbers, 60, 20);
        for (var i = 0; i < 60; i++)
        {
            var x = unchecked((long)numbers[i]);
            long[] expected = [x, -1 - x, x & 0xFFFFF, -77, unchecked((x < 0 ? 512 : 0) + 8 + ((x & 1) == 0 ? long.MinValue : 0))];
            Assert.Equal(expected, Enumerable.Range(0, 5).Select(w => unchecked((long)(mine[(i * 5) + w] + theirs[(i * 5) + w]))));
        }
    }

    [Fact]
    public void Additive_WrongWidthsOrNothingToShare_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => AdditiveCircuit.Of(64, 1, (_, _) => [Word.Constant(5, 64)]));
        Assert.Throws<ArgumentException>(() => AdditiveCircuit.Of(64, 1, (_, x) => [x[0].Slice(0, 63)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdditiveCircuit.Of(65, 1, (_, x) => [x[0].ToSigned(64)]));
    }

    private static (ulong[] Mine, ulong[] Theirs) Share(AdditiveCircuit additive, ulong[] numbers, int instances, int width = 64)
    {
        ulong[] first = [.. numbers.Select(_ => Draw())], second = [.. numbers.Zip(first, (x, share) => unchecked(x - share))];
        using var session = new GarblingSession();
        using var batch = session.Garbler.Garble(additive.Circuit, instances);
        var (zero, one) = batch.TakeEvaluatorPairs();
        var (rows, mine) = batch.Project(additive.Projection);
        Assert.Equal(additive.Projection.RowBytes(instances), rows.Length);
        var evaluated = session.Evaluator.Evaluate(
            additive.Circuit, instances, batch.Tables.Span, batch.EncodeGarbler(PackedBits.FromWords(first, width)), GarblingSession.Choose(zero, one, PackedBits.FromWords(second, width)));
        return (mine, evaluated.Project(additive.Projection, rows));
    }

    [Fact]
    public void Shares_OfBinaryCircuits_AddUpToTheResult()
    {
        var circuit = SharedCircuit.Binary(64, 1, (b, x) => [new Word([b.IsNegative(x[0])]), x[0]]);
        Assert.Equal(63, circuit.Ands);
        using var session = new GarblingSession();
        var (garblerBits, evaluatorBits) = GarblingSession.Inputs(circuit, 20);
        using var batch = session.Garbler.Garble(circuit, 20);
        var (zero, one) = batch.TakeEvaluatorPairs();
        var evaluated = session.Evaluator.Evaluate(circuit, 20, batch.Tables.Span, batch.EncodeGarbler(garblerBits), GarblingSession.Choose(zero, one, evaluatorBits));
        byte[] left = batch.Shares(1, 64), right = evaluated.Shares(1, 64), sign = [.. batch.Shares(0, 1).Zip(evaluated.Shares(0, 1), (a, b) => (byte)(a ^ b))];
        ulong[] x0 = PackedBits.ToWords(garblerBits, 20, 64), x1 = PackedBits.ToWords(evaluatorBits, 20, 64), bits = PackedBits.ToWords([.. left.Zip(right, (a, b) => (byte)(a ^ b))], 20, 64);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(unchecked(x0[i] + x1[i]), bits[i]);
            Assert.Equal(bits[i] >> 63 != 0, PackedBits.Get(sign, i));
        }
    }

    [Fact]
    public void PackedBits_OfWords_ComeBack()
    {
        Assert.Equal([0x65, 0x0A], PackedBits.FromWords([5, 3, 40], 5)[..1].Concat(PackedBits.FromWords([10], 4)));
        ulong[] words = [ulong.MaxValue, 0, 1UL << 63, 42];
        Assert.Equal(words, PackedBits.ToWords(PackedBits.FromWords(words, 64), 4, 64));
        Assert.Throws<ArgumentException>(() => PackedBits.ToWords([1], 4, 64));
    }

    /// <summary>Those that this machine has.</summary>
    private static IEnumerable<GatePath> Paths => Enum.GetValues<GatePath>().Where(path => path <= CircuitKernel.Fastest);

    private static ulong Draw() => BitConverter.ToUInt64(Random.Bytes(8));
}
