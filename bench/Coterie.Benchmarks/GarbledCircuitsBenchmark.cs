using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Benchmarks;

/// <summary>Garbled circuits beside what their block cipher alone costs, and beside circuits in clear.</summary>
internal static class GarbledCircuitsBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "garbled-circuits";

    private const string Method = """
        Conjunctions per second of processor time on one thread; medians of 11. The circuit is a comparison of two 64-bit words: 64 conjunctions, and twice as many inputs, whose labels
        take a good part of the time. `clear` computes it 64 instances at once without hiding anything. `cipher` is AES alone by instructions of 128 bits, in registers: four encryptions for a garbled
        conjunction, two for an evaluated one (eight and four in flight), under one key for everything, which would be unsafe for many instances, and with two key schedules by the same instructions.
        `kernel` is one gate in 32 instances over and over, in first-level cache, with schedules beside the encryptions and with schedules on 512 bits. The other rows
        include drawing labels, encoding inputs and reading outputs.
        """;

    private const string Prices = """
        Words of 64 bits, 20 after the point. `tables` go from garbler to evaluator for every value, as do 16 bytes for each of the garbler's input bits; each of the evaluator's
        takes an oblivious transfer. `on shares`: with the sum of two additive shares for every input word and the mask for every result word, 63 conjunctions each. Processor time a value of
        the rows before, in batches of 1,000.
        """;

    public static Report Run()
    {
        var report = new Report(Name, "Garbled circuits beside the block cipher alone", Method);
        var rates = new MarkdownTable("", "garble", "evaluate");
        rates.Add("clear", Rate(Clear(), 64.0 * 64), "");
        if (HalfGatesX86.IsSupported)
        {
            rates.Add("cipher, one key", Rate(() => Cipher(4, schedules: false), Steps), Rate(() => Cipher(2, schedules: false), Steps));
            rates.Add("cipher, two schedules", Rate(() => Cipher(4, schedules: true), Steps), Rate(() => Cipher(2, schedules: true), Steps));
            rates.Add("kernel", Rate(Kernel<HalfGatesX86>(garble: true), 32), Rate(Kernel<HalfGatesX86>(garble: false), 32));
            if (HalfGatesWide.IsSupported) rates.Add("kernel, wide schedules", Rate(Kernel<HalfGatesWide>(garble: true), 32), Rate(Kernel<HalfGatesWide>(garble: false), 32));
        }
        var comparison = Of(2, (b, x) => [new Word([b.LessSigned(x[0], x[1])])]);
        foreach (var instances in (int[])[1, 8, 100, 1_000, 10_000])
        {
            var (garble, evaluate) = Times(comparison, instances, CircuitKernel.Fastest);
            var conjunctions = (double)comparison.Ands * instances;
            rates.Add($"{Figures.Count(instances)} instances", Rate(garble, conjunctions), Rate(evaluate, conjunctions));
        }
        var (slowGarble, slowEvaluate) = Times(comparison, 100, GatePath.Portable);
        rates.Add("100 instances, portable", Rate(slowGarble, 6400), Rate(slowEvaluate, 6400));
        report.Add(rates);
        report.Add(Prices);
        var prices = new MarkdownTable("circuit", "conjunctions", "depth", "wires alive", "tables", "garble", "evaluate", "on shares: conjunctions", "tables and output rows");
        foreach (var (name, words, function) in Functions())
        {
            var circuit = Of(words, function);
            var shared = AdditiveCircuit.Of(64, words, (b, x) => [.. function(b, x).Select(w => w.ToUnsigned(64))]);
            var (garble, evaluate) = Times(circuit, 1_000, CircuitKernel.Fastest);
            prices.Add(
                name, Figures.Count(circuit.Ands), Figures.Count(circuit.Depth), Figures.Count(circuit.Places), Figures.Count(circuit.TableBytes),
                Figures.Seconds(garble / 1_000), Figures.Seconds(evaluate / 1_000), Figures.Count(shared.Circuit.Ands), Figures.Count(shared.Circuit.TableBytes + shared.Projection.RowBytes(1)));
        }
        report.Add(prices);
        return report;
    }

    private static IEnumerable<(string Name, int Words, Func<CircuitBuilder, Word[], Word[]> Function)> Functions() =>
    [
        ("compare", 2, (b, x) => [new Word([b.LessSigned(x[0], x[1])])]),
        ("clip to [-5, 3]", 1, (b, x) => [b.Clip(x[0], -5 << 20, 3 << 20)]),
        ("sigmoid", 1, (b, x) => [b.Sigmoid(x[0], 20)]),
        ("argmin of 8", 8, (b, x) => [.. b.ArgMin(x).Select(bit => new Word([bit]))]),
        ("truncate", 1, (b, x) => [b.Truncate(x[0], 20)]),
        ("reciprocal", 1, (b, x) => [b.Reciprocal(x[0], 20)]),
        ("square root", 1, (b, x) => [b.SquareRoot(x[0], 20)]),
        ("inverse square root", 1, (b, x) => [b.InverseSquareRoot(x[0], 20)]),
        ("exponential", 1, (b, x) => [b.Exponential(x[0], 20)]),
        ("product, truncated", 2, (b, x) => [b.MultiplyFixed(x[0], x[1], 20)]),
    ];

    private static Circuit Of(int words, Func<CircuitBuilder, Word[], Word[]> function)
    {
        var builder = new CircuitBuilder();
        var inputs = new Word[words];
        for (var i = 0; i < words; i++) inputs[i] = i % 2 == 0 ? builder.GarblerWord(64) : builder.EvaluatorWord(64);
        foreach (var word in function(builder, inputs)) builder.Output(word);
        return builder.Build();
    }

    private static string Rate(Action action, double conjunctions) => Rate(Stopwatches.Kernel(action), conjunctions);

    private static string Rate(double seconds, double conjunctions) => Figures.Three(conjunctions / seconds / 1e6) + " M/s";

    /// <summary>Seconds to garble and to evaluate, everything local included.</summary>
    private static (double Garble, double Evaluate) Times(Circuit circuit, int instances, GatePath path)
    {
        var random = CryptographicRandom.Instance;
        using var garbler = new Garbler(random, UInt128.One, path);
        byte[] own = random.Bytes(PackedBits.Bytes((long)instances * circuit.GarblerInputs)), theirs = random.Bytes(PackedBits.Bytes((long)instances * circuit.EvaluatorInputs));
        using var batch = garbler.Garble(circuit, instances);
        var (zero, one) = batch.TakeEvaluatorPairs();
        UInt128[] ownLabels = batch.EncodeGarbler(own), theirLabels = [.. zero.Select((label, i) => PackedBits.Get(theirs, i) ? one[i] : label)];
        var expected = ClearCircuit.Evaluate(circuit, instances, own, theirs);
        var decoding = batch.Decoding(0, circuit.Outputs.Length);
        var garble = Stopwatches.Kernel(() =>
        {
            using var again = garbler.Garble(circuit, instances);
            again.EncodeGarbler(own);
            again.Decoding(0, circuit.Outputs.Length);
        });
        var evaluate = Stopwatches.Kernel(() =>
        {
            var evaluated = new CircuitEvaluator(garbler.Start.Span, path).Evaluate(circuit, instances, batch.Tables.Span, ownLabels, theirLabels);
            if (!evaluated.Decode(0, circuit.Outputs.Length, decoding).AsSpan().SequenceEqual(expected)) throw new InvalidOperationException("The garbled circuit is not the circuit.");
        });
        return (garble, evaluate);
    }

    private static Action Clear()
    {
        var circuit = Of(2, (b, x) => [new Word([b.LessSigned(x[0], x[1])])]);
        ulong[] inputs = new ulong[128], outputs = new ulong[1], memory = new ulong[circuit.Places];
        return () => ClearCircuit.Evaluate(circuit, inputs, outputs, memory);
    }

    private static Action Kernel<TGates>(bool garble)
        where TGates : IHalfGates
    {
        Vector128<byte>[] a = new Vector128<byte>[32], b = new Vector128<byte>[32], c = new Vector128<byte>[32], upper = new Vector128<byte>[32], lower = new Vector128<byte>[32];
        var key = new HashKey(1, 2);
        return garble
            ? () => TGates.Garble(key, 0, Vector128<byte>.One, a, b, c, upper, lower)
            : () => TGates.Evaluate(key, 0, a, b, c, upper, lower);
    }

    private const int Steps = 1024;

    /// <summary>Two conjunctions' worth of cipher at a time, in registers, Steps / 2 times; a result, so that nothing is left out.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> Cipher(int blocks, bool schedules)
    {
        Vector128<byte> k0 = Vector128<byte>.One, k1 = k0, k2 = k0, k3 = k0, p0 = k0, p1 = k0, p2 = k0, p3 = k0, p4 = k0, p5 = k0, p6 = k0, p7 = k0;
        var constant = Vector128<byte>.One;
        var rounds = 10 * Steps / 2;
        for (var round = 0; round < rounds; round++)
        {
            if (schedules)
            {
                k0 = Next(k0, constant);
                k1 = Next(k1, constant);
                k2 = Next(k2, constant);
                k3 = Next(k3, constant);
            }
            p0 = Aes.Encrypt(p0, k0);
            p1 = Aes.Encrypt(p1, k1);
            p2 = Aes.Encrypt(p2, k2);
            p3 = Aes.Encrypt(p3, k3);
            if (blocks == 2) continue;
            p4 = Aes.Encrypt(p4, k0);
            p5 = Aes.Encrypt(p5, k1);
            p6 = Aes.Encrypt(p6, k2);
            p7 = Aes.Encrypt(p7, k3);
        }
        return p0 ^ p1 ^ p2 ^ p3 ^ p4 ^ p5 ^ p6 ^ p7;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> constant)
    {
        var word = Aes.EncryptLast(Ssse3.Shuffle(key, Vector128.Create((byte)13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12)), constant);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Sse2.ShiftLeftLogical128BitLane(key, 8) ^ word;
    }
}
