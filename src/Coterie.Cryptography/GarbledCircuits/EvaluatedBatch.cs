using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>What an evaluator has of a batch: the outputs' labels, whose colours are uniform bits, and shares until they are decoded.</summary>
public sealed class EvaluatedBatch
{
    private readonly UInt128[] _outputs;
    private readonly UInt128 _key;

    internal EvaluatedBatch(Circuit circuit, int instances, UInt128[] outputs, UInt128 key)
    {
        Circuit = circuit;
        Instances = instances;
        _outputs = outputs;
        _key = key;
    }

    /// <summary>What was evaluated.</summary>
    public Circuit Circuit { get; }

    /// <summary>How often.</summary>
    public int Instances { get; }

    /// <summary>The evaluator's exclusive-or shares of output bits <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of every instance, as <see cref="PackedBits"/> lays them.</summary>
    public byte[] Shares(int first, int count) => OutputColours.Select(Circuit, Instances, _outputs, first, count);

    /// <summary>Those output bits in clear.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="decoding">What <see cref="GarbledBatch.Decoding"/> gave for the same bits.</param>
    /// <exception cref="CryptographicException">Not as many bits.</exception>
    public byte[] Decode(int first, int count, ReadOnlySpan<byte> decoding)
    {
        var bits = Shares(first, count);
        if (decoding.Length != bits.Length) throw new CryptographicException($"A decoding of {bits.Length} bytes expected, {decoding.Length} given.");
        for (var i = 0; i < bits.Length; i++) bits[i] ^= decoding[i];
        return bits;
    }

    /// <summary>The evaluator's additive shares of all outputs, modulo 2^64: words of an instance one after the other.</summary>
    /// <param name="projection">How the outputs add up to words.</param>
    /// <param name="rows">What <see cref="GarbledBatch.Project"/> gave.</param>
    /// <exception cref="CryptographicException">Not as many bytes.</exception>
    public ulong[] Project(OutputProjection projection, ReadOnlySpan<byte> rows)
    {
        ArgumentNullException.ThrowIfNull(projection);
        if (rows.Length != projection.RowBytes(Instances)) throw new CryptographicException($"Output rows of {projection.RowBytes(Instances)} bytes expected, {rows.Length} given.");
        return projection.Evaluate(_outputs, rows, _key);
    }

    /// <summary>The evaluator's exclusive-or shares of projected numbers of one bit: <see cref="GarbledBatch.Marks"/>.</summary>
    /// <exception cref="InvalidOperationException">Numbers of more than one bit.</exception>
    public ulong[] Marks(OutputProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        return projection.Marks(_outputs, isGarbler: false);
    }
}
