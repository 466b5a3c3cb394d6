namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Circuits computed in clear: what garbling must agree with.</summary>
public static class ClearCircuit
{
    /// <summary>Instances computed side by side: one in each bit of a word.</summary>
    public const int Lanes = 64;

    /// <summary>
    /// 64 instances at once. <paramref name="inputs"/>: for every input bit, the garbler's first, its values in the 64 instances; <paramref name="outputs"/> alike;
    /// <paramref name="memory"/>: <see cref="Circuit.Places"/> words to work in.
    /// </summary>
    public static void Evaluate(Circuit circuit, ReadOnlySpan<ulong> inputs, Span<ulong> outputs, Span<ulong> memory)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (inputs.Length != circuit.GarblerInputs + circuit.EvaluatorInputs) throw new ArgumentException($"{circuit.GarblerInputs} + {circuit.EvaluatorInputs} input words expected, {inputs.Length} given.", nameof(inputs));
        if (outputs.Length != circuit.Outputs.Length) throw new ArgumentException($"{circuit.Outputs.Length} output words expected, {outputs.Length} given.", nameof(outputs));
        if (memory.Length < circuit.Places) throw new ArgumentException($"{circuit.Places} words of memory expected, {memory.Length} given.", nameof(memory));
        inputs.CopyTo(memory);
        foreach (var gate in circuit.Gates.AsSpan())
        {
            memory[gate.Output] = gate.Kind switch
            {
                GateKind.Xor => memory[gate.Left] ^ memory[gate.Right],
                GateKind.And => memory[gate.Left] & memory[gate.Right],
                _ => ~memory[gate.Left],
            };
        }
        for (var i = 0; i < outputs.Length; i++) outputs[i] = memory[circuit.Outputs[i]];
    }

    /// <summary>The outputs of <paramref name="instances"/> instances on inputs as in <see cref="PackedBits"/>.</summary>
    public static byte[] Evaluate(Circuit circuit, int instances, ReadOnlySpan<byte> garblerBits, ReadOnlySpan<byte> evaluatorBits)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfNegative(instances);
        PackedBits.Require(garblerBits, (long)instances * circuit.GarblerInputs, nameof(garblerBits));
        PackedBits.Require(evaluatorBits, (long)instances * circuit.EvaluatorInputs, nameof(evaluatorBits));
        int own = circuit.GarblerInputs, theirs = circuit.EvaluatorInputs, count = circuit.Outputs.Length;
        ulong[] inputs = new ulong[own + theirs], outputs = new ulong[count], memory = new ulong[circuit.Places];
        var result = new byte[PackedBits.Bytes((long)instances * count)];
        for (var first = 0; first < instances; first += Lanes)
        {
            var lanes = Math.Min(Lanes, instances - first);
            Array.Clear(inputs);
            for (var lane = 0; lane < lanes; lane++)
            {
                var instance = (long)first + lane;
                for (var i = 0; i < own; i++)
                    if (PackedBits.Get(garblerBits, (instance * own) + i)) inputs[i] |= 1UL << lane;
                for (var i = 0; i < theirs; i++)
                    if (PackedBits.Get(evaluatorBits, (instance * theirs) + i)) inputs[own + i] |= 1UL << lane;
            }
            Evaluate(circuit, inputs, outputs, memory);
            for (var lane = 0; lane < lanes; lane++)
                for (var i = 0; i < count; i++)
                    if (((outputs[i] >> lane) & 1) != 0) PackedBits.Set(result, (((long)first + lane) * count) + i, true);
        }
        return result;
    }
}
