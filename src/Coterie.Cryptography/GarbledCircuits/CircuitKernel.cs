using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// The whole circuit for a block of instances, gate by gate with the instances of a wire side by side in memory; then the next block. Tables hold, block by block and
/// conjunction by conjunction, the garbler rows of the block's instances and then their evaluator rows. Tweaks count on in the same order.
/// </summary>
internal static class CircuitKernel
{
    /// <summary>Instances of a block: a wire takes 512 bytes, so that the wires of most circuits stay in the second-level cache and a gate's call is paid for by 32.</summary>
    public const int Block = 32;

    private const ulong TweaksPerAnd = 2;

    /// <summary>Tweaks that a batch uses up; some even without conjunctions, so that every batch has a place of its own in the session.</summary>
    public static ulong Tweaks(Circuit circuit, int instances) => checked(TweaksPerAnd * (ulong)Math.Max(1, circuit.Ands) * (ulong)instances);

    /// <summary>The fastest path of this machine.</summary>
    public static GatePath Fastest => HalfGatesWide.IsSupported ? GatePath.Wide : HalfGatesX86.IsSupported ? GatePath.Instructions : GatePath.Portable;

    /// <summary>Fills tables and the outputs' zero labels, instance by instance.</summary>
    public static void Garble<TGates>(
        Circuit circuit, int instances, HashKey key, ulong tweak, UInt128 delta, ReadOnlySpan<UInt128> garblerZeros, ReadOnlySpan<UInt128> evaluatorZeros,
        Span<byte> tables, Span<UInt128> outputs)
        where TGates : IHalfGates
    {
        var offset = Label(delta);
        var rows = MemoryMarshal.Cast<byte, Vector128<byte>>(tables);
        var wires = new Vector128<byte>[circuit.Places * Block];
        for (var first = 0; first < instances; first += Block)
        {
            var count = Math.Min(Block, instances - first);
            Load(circuit, first, count, garblerZeros, evaluatorZeros, wires);
            foreach (var gate in circuit.Gates.AsSpan())
            {
                Span<Vector128<byte>> left = Wire(wires, gate.Left, count), right = Wire(wires, gate.Right, count), output = Wire(wires, gate.Output, count);
                switch (gate.Kind)
                {
                    case GateKind.Xor:
                        Xor(left, right, output);
                        break;
                    case GateKind.And:
                        TGates.Garble(key, tweak, offset, left, right, output, rows[..count], rows[count..(2 * count)]);
                        rows = rows[(2 * count)..];
                        tweak = unchecked(tweak + (TweaksPerAnd * (ulong)count));
                        break;
                    default:
                        for (var i = 0; i < count; i++) output[i] = left[i] ^ offset;
                        break;
                }
            }
            Store(circuit, first, count, wires, outputs);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(wires.AsSpan()));
    }

    /// <summary>Follows one label of every wire to the outputs'.</summary>
    public static void Evaluate<TGates>(
        Circuit circuit, int instances, HashKey key, ulong tweak, ReadOnlySpan<UInt128> garblerLabels, ReadOnlySpan<UInt128> evaluatorLabels,
        ReadOnlySpan<byte> tables, Span<UInt128> outputs)
        where TGates : IHalfGates
    {
        var rows = MemoryMarshal.Cast<byte, Vector128<byte>>(tables);
        var wires = new Vector128<byte>[circuit.Places * Block];
        for (var first = 0; first < instances; first += Block)
        {
            var count = Math.Min(Block, instances - first);
            Load(circuit, first, count, garblerLabels, evaluatorLabels, wires);
            foreach (var gate in circuit.Gates.AsSpan())
            {
                Span<Vector128<byte>> left = Wire(wires, gate.Left, count), right = Wire(wires, gate.Right, count), output = Wire(wires, gate.Output, count);
                switch (gate.Kind)
                {
                    case GateKind.Xor:
                        Xor(left, right, output);
                        break;
                    case GateKind.And:
                        TGates.Evaluate(key, tweak, left, right, output, rows[..count], rows[count..(2 * count)]);
                        rows = rows[(2 * count)..];
                        tweak = unchecked(tweak + (TweaksPerAnd * (ulong)count));
                        break;
                    default:
                        left.CopyTo(output);
                        break;
                }
            }
            Store(circuit, first, count, wires, outputs);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(wires.AsSpan()));
    }

    private static Span<Vector128<byte>> Wire(Vector128<byte>[] wires, int place, int count) => wires.AsSpan(place * Block, count);

    private static void Xor(ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right, Span<Vector128<byte>> output)
    {
        TensorPrimitives.Xor(Words(left), Words(right), MemoryMarshal.Cast<Vector128<byte>, ulong>(output));

        static ReadOnlySpan<ulong> Words(ReadOnlySpan<Vector128<byte>> labels) => MemoryMarshal.Cast<Vector128<byte>, ulong>(labels);
    }

    private static void Load(Circuit circuit, int first, int count, ReadOnlySpan<UInt128> garbler, ReadOnlySpan<UInt128> evaluator, Vector128<byte>[] wires)
    {
        int own = circuit.GarblerInputs, theirs = circuit.EvaluatorInputs;
        for (var i = 0; i < count; i++)
        {
            var labels = garbler.Slice((first + i) * own, own);
            for (var w = 0; w < own; w++) wires[(w * Block) + i] = Label(labels[w]);
            labels = evaluator.Slice((first + i) * theirs, theirs);
            for (var w = 0; w < theirs; w++) wires[((own + w) * Block) + i] = Label(labels[w]);
        }
    }

    private static void Store(Circuit circuit, int first, int count, Vector128<byte>[] wires, Span<UInt128> outputs)
    {
        var places = circuit.Outputs.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var labels = outputs.Slice((first + i) * places.Length, places.Length);
            for (var w = 0; w < labels.Length; w++) labels[w] = Number(wires[(places[w] * Block) + i]);
        }
    }

    private static UInt128 Number(Vector128<byte> label) =>
        BitConverter.IsLittleEndian ? Unsafe.BitCast<Vector128<byte>, UInt128>(label) : new UInt128(label.AsUInt64()[1], label.AsUInt64()[0]);

    /// <summary>A label's bytes, the lowest first whatever the machine's order.</summary>
    private static Vector128<byte> Label(UInt128 label) =>
        BitConverter.IsLittleEndian ? Unsafe.BitCast<UInt128, Vector128<byte>>(label) : Vector128.Create(unchecked((ulong)label), (ulong)(label >> 64)).AsByte();
}
