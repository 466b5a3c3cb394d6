using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// A Boolean circuit of two parties' inputs: gates in an order in which they can be computed, over a memory of <see cref="Places"/> wires that are used again once
/// nobody needs them. Immutable, public, and the same at both parties: <see cref="Fingerprint"/> tells. Made by <see cref="CircuitBuilder"/>.
/// </summary>
public sealed class Circuit
{
    /// <summary>Bytes of a fingerprint.</summary>
    public const int FingerprintLength = 16;

    private const int RowsPerAnd = 2;

    internal Circuit(int garblerInputs, int evaluatorInputs, int places, ImmutableArray<Gate> gates, ImmutableArray<int> outputs, int depth)
    {
        GarblerInputs = garblerInputs;
        EvaluatorInputs = evaluatorInputs;
        Places = places;
        Gates = gates;
        Outputs = outputs;
        Depth = depth;
        Ands = gates.Count(g => g.Kind == GateKind.And);
        Fingerprint = [.. Hash()];
    }

    /// <summary>Input bits of the garbler; they are the first places.</summary>
    public int GarblerInputs { get; }

    /// <summary>Input bits of the evaluator; they are the places after the garbler's.</summary>
    public int EvaluatorInputs { get; }

    /// <summary>Wires alive at once, at most.</summary>
    public int Places { get; }

    /// <summary>The gates, in order.</summary>
    public ImmutableArray<Gate> Gates { get; }

    /// <summary>Places of the output bits, after the last gate.</summary>
    public ImmutableArray<int> Outputs { get; }

    /// <summary>How many gates are conjunctions: what garbling costs.</summary>
    public int Ands { get; }

    /// <summary>Conjunctions on the longest path.</summary>
    public int Depth { get; }

    /// <summary>Bytes of the garbled rows of one instance: half gates take two labels for each conjunction.</summary>
    public long TableBytes => (long)Ands * RowsPerAnd * LabelBlock.Length;

    /// <summary>Bytes of <see cref="GarbledBatch.Tables"/> for so many instances.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No instances, or more than fit an array.</exception>
    public int BatchBytes(int instances) => TableFormat.Length(this, instances);

    /// <summary>The first bytes of SHA-256 over inputs, gates and outputs: equal circuits, and with overwhelming probability only they, have equal ones.</summary>
    public ImmutableArray<byte> Fingerprint { get; }

    /// <summary>
    /// How many instances a garbler or evaluator can hold at once in about <paramref name="bytes"/> bytes of tables and labels, at least one; larger numbers are garbled in
    /// several batches.
    /// </summary>
    public int InstancesWithin(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var each = TableBytes + ((long)LabelBlock.Length * (GarblerInputs + (2L * EvaluatorInputs) + (2L * Outputs.Length)));
        return (int)Math.Clamp(bytes / Math.Max(1, each), 1, 1 << 24);
    }

    private byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie circuit v1"u8);
        Span<byte> record = stackalloc byte[4 * sizeof(int)];
        Append(GarblerInputs, EvaluatorInputs, Places, Gates.Length, record);
        foreach (var gate in Gates) Append((int)gate.Kind, gate.Left, gate.Right, gate.Output, record);
        foreach (var output in Outputs) Append(output, 0, 0, 0, record);
        return hash.GetHashAndReset()[..FingerprintLength];

        void Append(int a, int b, int c, int d, Span<byte> target)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target, a);
            BinaryPrimitives.WriteInt32LittleEndian(target[4..], b);
            BinaryPrimitives.WriteInt32LittleEndian(target[8..], c);
            BinaryPrimitives.WriteInt32LittleEndian(target[12..], d);
            hash.AppendData(target);
        }
    }
}
