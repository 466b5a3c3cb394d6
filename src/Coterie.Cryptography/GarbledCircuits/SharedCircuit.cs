namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Functions of additive shares: x = x0 + x1 modulo 2^n is formed inside the circuit, and what is computed leaves as fresh additive shares (Demmler, Schneider, Zohner,
/// "ABY", NDSS 2015).
/// </summary>
public static class SharedCircuit
{
    /// <summary>
    /// A circuit of words of <paramref name="width"/> bits. The garbler puts in its shares x0, then as many masks r, uniform and fresh, as there are result words; the evaluator
    /// its shares x1. Outputs are y - r: the evaluator may decode them, they are its shares; r are the garbler's. Adding costs width - 1 conjunctions for every input and result.
    /// </summary>
    public static Circuit Additive(int width, int inputs, Func<CircuitBuilder, Word[], Word[]> function)
    {
        var (builder, results) = Apply(width, inputs, function);
        foreach (var result in results)
        {
            if (result.Width != width) throw new ArgumentException($"Results of {width} bits expected, one has {result.Width}.", nameof(function));
            builder.Output(builder.Subtract(result, builder.GarblerWord(width)));
        }
        return builder.Build();
    }

    /// <summary>A circuit whose result bits stay exclusive-or shares: nobody decodes, colour bits are the shares. No masks are put in.</summary>
    public static Circuit Binary(int width, int inputs, Func<CircuitBuilder, Word[], Word[]> function)
    {
        var (builder, results) = Apply(width, inputs, function);
        foreach (var result in results) builder.Output(result);
        return builder.Build();
    }

    private static (CircuitBuilder Builder, Word[] Results) Apply(int width, int inputs, Func<CircuitBuilder, Word[], Word[]> function)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentNullException.ThrowIfNull(function);
        var builder = new CircuitBuilder();
        var words = new Word[inputs];
        for (var i = 0; i < inputs; i++) words[i] = builder.Add(builder.GarblerWord(width), builder.EvaluatorWord(width));
        return (builder, function(builder, words));
    }
}
