using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// A session's evaluator. It follows one label of every wire and learns nothing from it but the outputs it is given the decoding of. It takes each batch once, in the order they
/// were garbled. Not thread-safe.
/// </summary>
public sealed class CircuitEvaluator
{
    private readonly HashKey _key;
    private readonly GatePath _path;
    private ulong _tweak;

    /// <summary>The evaluator of the garbler whose <see cref="Garbler.Start"/> this is.</summary>
    /// <exception cref="CryptographicException">Not <see cref="Garbler.StartLength"/> bytes.</exception>
    public CircuitEvaluator(ReadOnlySpan<byte> start)
        : this(start, CircuitKernel.Fastest)
    {
    }

    internal CircuitEvaluator(ReadOnlySpan<byte> start, GatePath path)
    {
        if (start.Length != Garbler.StartLength) throw new CryptographicException($"A start point of {Garbler.StartLength} bytes expected, {start.Length} given.");
        _key = HashKey.Read(start);
        _path = path;
    }

    /// <summary>Evaluates the next batch.</summary>
    /// <param name="circuit">The circuit that both agreed on.</param>
    /// <param name="instances">How often.</param>
    /// <param name="tables">What <see cref="GarbledBatch.Tables"/> was at the garbler. Altered rows give other outputs, or none that decode to sense; they cannot be told from right ones here.</param>
    /// <param name="garblerLabels">One label for each input bit of the garbler, instance by instance.</param>
    /// <param name="evaluatorLabels">One label for each own input bit, instance by instance, from oblivious transfer.</param>
    /// <exception cref="CryptographicException">Tables of another version, circuit, number of instances or place in the session, or of another length; not as many labels as inputs.</exception>
    public EvaluatedBatch Evaluate(Circuit circuit, int instances, ReadOnlySpan<byte> tables, ReadOnlySpan<UInt128> garblerLabels, ReadOnlySpan<UInt128> evaluatorLabels)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfLessThan(instances, 1);
        var rows = TableFormat.Open(tables, circuit, instances, _tweak);
        RequireLabels(garblerLabels.Length, instances, circuit.GarblerInputs, "garbler");
        RequireLabels(evaluatorLabels.Length, instances, circuit.EvaluatorInputs, "evaluator");
        var tweak = _tweak;
        _tweak = checked(_tweak + CircuitKernel.Tweaks(circuit, instances));
        var outputs = new UInt128[checked(instances * circuit.Outputs.Length)];
        switch (_path)
        {
            case GatePath.Wide:
                CircuitKernel.Evaluate<HalfGatesWide>(circuit, instances, _key, tweak, garblerLabels, evaluatorLabels, rows, outputs);
                break;
            case GatePath.Instructions:
                CircuitKernel.Evaluate<HalfGatesX86>(circuit, instances, _key, tweak, garblerLabels, evaluatorLabels, rows, outputs);
                break;
            default:
                CircuitKernel.Evaluate<HalfGatesPortable>(circuit, instances, _key, tweak, garblerLabels, evaluatorLabels, rows, outputs);
                break;
        }
        return new EvaluatedBatch(circuit, instances, outputs, _key.Projection(tweak));
    }

    private static void RequireLabels(int given, int instances, int inputs, string whose)
    {
        if (given != (long)instances * inputs) throw new CryptographicException($"{instances} x {inputs} labels of the {whose}'s inputs expected, {given} given.");
    }
}
