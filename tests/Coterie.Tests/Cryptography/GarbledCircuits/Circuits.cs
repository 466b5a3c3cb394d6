using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

/// <summary>Circuits of a few words, computed in clear on words.</summary>
internal static class Circuits
{
    /// <summary>A circuit of unary or binary functions: the first word is the garbler's, the others the evaluator's.</summary>
    public static Circuit Of(int width, int words, Action<CircuitBuilder, Word[]> function)
    {
        var builder = new CircuitBuilder();
        var inputs = new Word[words];
        for (var i = 0; i < words; i++) inputs[i] = i == 0 ? builder.GarblerWord(width) : builder.EvaluatorWord(width);
        function(builder, inputs);
        return builder.Build();
    }

    public static Circuit Of(int width, int words, Func<CircuitBuilder, Word[], Word> function) =>
        Of(width, words, (builder, inputs) => builder.Output(function(builder, inputs)));

    public static Circuit Of(int width, int words, Func<CircuitBuilder, Word[], Bit> function) =>
        Of(width, words, (builder, inputs) => builder.Output(function(builder, inputs)));

    /// <summary>The output word (up to 64 bits) for rows of input words.</summary>
    public static ulong[] Run(Circuit circuit, int width, int words, ulong[] rows)
    {
        var count = rows.Length / words;
        ulong[] inputs = new ulong[width * words], outputs = new ulong[circuit.Outputs.Length], memory = new ulong[circuit.Places], results = new ulong[count];
        for (var first = 0; first < count; first += 64)
        {
            var lanes = Math.Min(64, count - first);
            Array.Clear(inputs);
            for (var lane = 0; lane < lanes; lane++)
                for (var w = 0; w < words; w++)
                    for (var bit = 0; bit < width; bit++)
                        inputs[(w * width) + bit] |= ((rows[((first + lane) * words) + w] >> bit) & 1) << lane;
            ClearCircuit.Evaluate(circuit, inputs, outputs, memory);
            for (var lane = 0; lane < lanes; lane++)
                for (var bit = 0; bit < outputs.Length; bit++)
                    results[first + lane] |= ((outputs[bit] >> lane) & 1) << bit;
        }
        return results;
    }

    /// <summary>All pairs (or single values, or triples) of words of that width.</summary>
    public static ulong[] All(int width, int words)
    {
        var count = 1 << (width * words);
        var rows = new ulong[count * words];
        for (var i = 0; i < count; i++)
            for (var w = 0; w < words; w++) rows[(i * words) + w] = (ulong)(i >> (w * width)) & ((1UL << width) - 1);
        return rows;
    }

    /// <summary>Random words of 64 bits of all magnitudes, between the usual edges.</summary>
    public static ulong[] Edges(int words, int count, ulong seed)
    {
        ulong[] edges = [0, 1, 2, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, (1UL << 63) - 1, (1UL << 63) + 1, 1UL << 20, 1UL << 32];
        var random = new SeededRandom(seed);
        var rows = new ulong[count * words];
        for (var i = 0; i < rows.Length; i++)
        {
            var any = unchecked((ulong)((long)random.NextUInt64() >> random.NextInt32(64)));
            rows[i] = random.NextInt32(4) == 0 ? edges[random.NextInt32(edges.Length)] : any;
            if (words > 1 && i % words == 1 && random.NextInt32(8) == 0) rows[i] = rows[i - 1];
        }
        return rows;
    }

    public static long Signed(ulong value, int width) => unchecked((long)(value << (64 - width)) >> (64 - width));

    public static ulong Low(Int128 value, int width) => unchecked((ulong)value) & (width == 64 ? ulong.MaxValue : (1UL << width) - 1);
}
