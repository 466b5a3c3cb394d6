using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// What a garbler's inputs of one batch are encoded with after the batch itself is gone: the key that the labels for 0 were expanded from. Whoever keeps it sees to it that one set of inputs
/// is encoded and no other, also after a restart: labels of two sets show the offset of all labels.
/// </summary>
public sealed class DeferredInputs
{
    /// <summary>Bytes of <see cref="Export"/>.</summary>
    public const int Length = MaskGenerator.KeyLength;

    private readonly byte[] _key;

    private DeferredInputs(byte[] key) => _key = key;

    /// <summary>Reads what <see cref="Export"/> gave.</summary>
    /// <exception cref="ArgumentException">Not <see cref="Length"/> bytes.</exception>
    public static DeferredInputs Import(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new DeferredInputs(bytes.ToArray()) : throw new ArgumentException($"{Length} bytes expected, {bytes.Length} given.", nameof(bytes));

    /// <summary>Bytes for the garbler's own disk. They are secret.</summary>
    public byte[] Export() => (byte[])_key.Clone();

    /// <summary>The labels of the garbler's inputs, for the evaluator.</summary>
    /// <param name="circuit">What was garbled.</param>
    /// <param name="instances">How often.</param>
    /// <param name="delta">The session's offset, <see cref="Garbler.Delta"/>.</param>
    /// <param name="bits">The inputs, as <see cref="PackedBits"/> lays them.</param>
    /// <exception cref="ArgumentException">Not as many inputs.</exception>
    public UInt128[] Encode(Circuit circuit, int instances, UInt128 delta, ReadOnlySpan<byte> bits)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        PackedBits.Require(bits, checked(instances * circuit.GarblerInputs), nameof(bits));
        var zeros = Zeros(instances, circuit.GarblerInputs);
        var labels = Encode(zeros, delta, bits);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(zeros.AsSpan()));
        return labels;
    }

    /// <summary>A fresh key: drawing every label from the operating system would take longer than garbling (AES-256 in counter mode expands it).</summary>
    internal static DeferredInputs Draw(CryptographicRandom random) => new(random.Bytes(MaskGenerator.KeyLength));

    /// <summary>The labels for 0.</summary>
    internal UInt128[] Zeros(int instances, int inputs)
    {
        var labels = new UInt128[checked(instances * inputs)];
        MaskGenerator.AddMask(_key, MemoryMarshal.Cast<UInt128, ulong>(labels.AsSpan()));
        return labels;
    }

    /// <summary>Of each pair of labels the one of the bit.</summary>
    internal static UInt128[] Encode(ReadOnlySpan<UInt128> zeros, UInt128 delta, ReadOnlySpan<byte> bits)
    {
        var labels = new UInt128[zeros.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            // A mask, no branch: the bit is secret.
            var mask = unchecked(UInt128.Zero - (uint)((bits[i >> 3] >> (i & 7)) & 1));
            labels[i] = zeros[i] ^ (delta & mask);
        }
        return labels;
    }
}
