using System.Collections.Immutable;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// A function of additive shares: x = x0 + x1 is formed inside the circuit, and what is computed leaves as additive shares modulo 2^64 (Demmler, Schneider, Zohner, "ABY", NDSS 2015).
/// </summary>
/// <param name="Circuit">The garbler puts in its shares x0, the evaluator its shares x1, as many bits each as the inputs are wide.</param>
/// <param name="Projection">How the outputs become shares.</param>
public sealed record AdditiveCircuit(Circuit Circuit, OutputProjection Projection)
{
    private const int ResultBits = 64;

    /// <summary>
    /// A circuit of inputs modulo 2^<paramref name="width"/>. Adding the shares costs width - 1 conjunctions for every input; a result costs 8 bytes for every bit in it that is neither constant
    /// nor another bit of it, so that a sign that is repeated up to the highest bit is paid for once.
    /// </summary>
    /// <param name="width">Bits of an input, 1 to 64. Of a number with n low bits too many, the shares shifted right by n are shares modulo 2^(64 - n) of the number divided by 2^n, rounded down, or of one less.</param>
    /// <param name="inputs">Numbers that go in.</param>
    /// <param name="function">Results of 64 bits from inputs.</param>
    /// <exception cref="ArgumentException">A result of another width, or all results are constant.</exception>
    public static AdditiveCircuit Of(int width, int inputs, Func<CircuitBuilder, Word[], Word[]> function)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, ResultBits);
        ArgumentNullException.ThrowIfNull(function);
        var builder = new CircuitBuilder();
        var results = function(builder, SharedCircuit.Inputs(builder, width, inputs));
        var (bits, constants) = (ImmutableArray.CreateBuilder<(int, ulong)>(), new ulong[results.Length]);
        for (var word = 0; word < results.Length; word++)
        {
            if (results[word].Width != ResultBits) throw new ArgumentException($"Results of {ResultBits} bits expected, one has {results[word].Width}.", nameof(function));
            foreach (var (bit, weight) in Weights(results[word], out constants[word]))
            {
                builder.Output(bit);
                bits.Add((word, weight));
            }
        }
        if (bits.Count == 0) throw new ArgumentException("All results are constant: there is nothing to share.", nameof(function));
        return new AdditiveCircuit(builder.Build(), new OutputProjection(bits.ToImmutable(), [.. constants]));
    }

    /// <summary>A word as a constant and a sum of different bits, each with a weight modulo 2^64. An inverted bit is 1 minus the bit.</summary>
    private static IEnumerable<(Bit Bit, ulong Weight)> Weights(Word word, out ulong constant)
    {
        var weights = new Dictionary<Bit, ulong>();
        constant = 0;
        unchecked
        {
            for (var i = 0; i < ResultBits; i++)
            {
                var (bit, weight) = (word[i], 1UL << i);
                if (bit.IsInverted)
                {
                    constant += weight;
                    (bit, weight) = (!bit, 0 - weight);
                }
                if (!bit.IsConstant) weights[bit] = weights.GetValueOrDefault(bit) + weight;
            }
        }
        return weights.Where(w => w.Value != 0).Select(w => (w.Key, w.Value));
    }
}
