using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>A garbler and its evaluator, with an ideal oblivious transfer between them.</summary>
internal sealed class GarblingSession : IDisposable
{
    public GarblingSession()
        : this(CryptographicRandom.Instance, new UInt128(BitConverter.ToUInt64(CryptographicRandom.Instance.Bytes(8)), BitConverter.ToUInt64(CryptographicRandom.Instance.Bytes(8))) | 1, CircuitKernel.Fastest)
    {
    }

    public GarblingSession(CryptographicRandom random, UInt128 delta, GatePath path)
    {
        Garbler = new Garbler(random, delta, path);
        Evaluator = new CircuitEvaluator(Garbler.Start.Span, path);
    }

    public Garbler Garbler { get; }

    public CircuitEvaluator Evaluator { get; }

    /// <summary>The decoded outputs.</summary>
    public byte[] Run(Circuit circuit, int instances, byte[] garblerBits, byte[] evaluatorBits)
    {
        using var batch = Garbler.Garble(circuit, instances);
        var (zero, one) = batch.TakeEvaluatorPairs();
        var evaluated = Evaluator.Evaluate(circuit, instances, batch.Tables.Span, batch.EncodeGarbler(garblerBits), Choose(zero, one, evaluatorBits));
        return evaluated.Decode(0, circuit.Outputs.Length, batch.Decoding(0, circuit.Outputs.Length));
    }

    public static UInt128[] Choose(UInt128[] zero, UInt128[] one, byte[] choices) => [.. zero.Select((label, i) => PackedBits.Get(choices, i) ? one[i] : label)];

    /// <summary>Uniform inputs.</summary>
    public static (byte[] Garbler, byte[] Evaluator) Inputs(Circuit circuit, int instances) =>
        (Bits(instances * circuit.GarblerInputs), Bits(instances * circuit.EvaluatorInputs));

    public static byte[] Bits(int count)
    {
        var bits = CryptographicRandom.Instance.Bytes(PackedBits.Bytes(count));
        if (count % 8 != 0) bits[^1] &= (byte)((1 << (count % 8)) - 1);
        return bits;
    }

    public void Dispose() => Garbler.Dispose();
}
