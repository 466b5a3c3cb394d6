namespace Coterie.Learning.Neural;

/// <summary>Steps of optimisers, entry by entry: the same bits on every machine.</summary>
internal static class StepKernels
{
    /// <summary>v = momentum v - rate g; w += v, or with Nesterov's look ahead w += momentum v - rate g (Sutskever et al. 2013).</summary>
    public static void Sgd(Span<double> parameters, ReadOnlySpan<double> gradient, Span<double> velocity, double rate, double momentum, bool isNesterov)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            velocity[i] = (momentum * velocity[i]) - (rate * gradient[i]);
            parameters[i] += isNesterov ? (momentum * velocity[i]) - (rate * gradient[i]) : velocity[i];
        }
    }

    /// <summary>
    /// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate m / (sqrt(v) + epsilon), with m and v over 1 - b^t where corrected (Kingma, Ba 2015, algorithm 1).
    /// </summary>
    public static void Adam(Span<double> parameters, ReadOnlySpan<double> gradient, Span<double> first, Span<double> second, AdamConstants constants, double rate, long step)
    {
        var (b1, b2) = (constants.FirstDecay, constants.SecondDecay);
        var (c1, c2) = constants.IsCorrected ? (1 - Power(b1, step), 1 - Power(b2, step)) : (1, 1);
        for (var i = 0; i < parameters.Length; i++)
        {
            first[i] = (b1 * first[i]) + ((1 - b1) * gradient[i]);
            second[i] = (b2 * second[i]) + ((1 - b2) * gradient[i] * gradient[i]);
            parameters[i] -= rate * (first[i] / c1) / (Math.Sqrt(second[i] / c2) + constants.Epsilon);
        }
    }

    /// <summary>By squaring: a library's power may differ in its last bit from machine to machine.</summary>
    private static double Power(double value, long exponent)
    {
        double power = 1;
        for (; exponent > 0; exponent >>= 1, value *= value)
            if ((exponent & 1) == 1) power *= value;
        return power;
    }
}

/// <summary>The constants of Adam.</summary>
internal readonly record struct AdamConstants(double FirstDecay, double SecondDecay, double Epsilon, bool IsCorrected)
{
    /// <summary>As proposed for gradients.</summary>
    public static AdamConstants OfGradients => new(0.9, 0.999, 1e-8, IsCorrected: true);

    /// <summary>As proposed for changes of weights, FedAdam (Reddi et al. 2021, algorithm 2).</summary>
    public static AdamConstants OfChanges => new(0.9, 0.99, 1e-3, IsCorrected: false);
}
