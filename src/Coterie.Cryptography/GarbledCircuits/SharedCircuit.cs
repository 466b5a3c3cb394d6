namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Functions of additive shares whose results stay bits.</summary>
public static class SharedCircuit
{
    /// <summary>
    /// A circuit of words of <paramref name="width"/> bits whose result bits are exclusive-or shares: x = x0 + x1 is formed inside, nobody decodes, colour bits are the shares. Adding costs
    /// width - 1 conjunctions for every input.
    /// </summary>
    public static Circuit Binary(int width, int inputs, Func<CircuitBuilder, Word[], Word[]> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var builder = new CircuitBuilder();
        foreach (var result in function(builder, Inputs(builder, width, inputs))) builder.Output(result);
        return builder.Build();
    }

    /// <summary>Sums of the garbler's and the evaluator's shares.</summary>
    internal static Word[] Inputs(CircuitBuilder builder, int width, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        var words = new Word[inputs];
        for (var i = 0; i < inputs; i++) words[i] = builder.Add(builder.GarblerWord(width), builder.EvaluatorWord(width));
        return words;
    }
}
