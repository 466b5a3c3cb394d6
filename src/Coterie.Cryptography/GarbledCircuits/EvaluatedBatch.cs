using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>What an evaluator has of a batch: the colours of the outputs' labels, uniform bits that are shares until they are decoded.</summary>
public sealed class EvaluatedBatch
{
    private readonly byte[] _colours;

    internal EvaluatedBatch(Circuit circuit, int instances, byte[] colours)
    {
        Circuit = circuit;
        Instances = instances;
        _colours = colours;
    }

    /// <summary>What was evaluated.</summary>
    public Circuit Circuit { get; }

    /// <summary>How often.</summary>
    public int Instances { get; }

    /// <summary>The evaluator's exclusive-or shares of output bits <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of every instance, as <see cref="PackedBits"/> lays them.</summary>
    public byte[] Shares(int first, int count) => OutputColours.Select(Circuit, Instances, _colours, first, count);

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
}
