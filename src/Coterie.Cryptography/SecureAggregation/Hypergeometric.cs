namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Exact tails of the hypergeometric distribution in log space: of N balls K are marked, k are drawn without replacement,
/// P[X = x] = C(K, x) C(N - K, k - x) / C(N, k).
/// </summary>
internal sealed class Hypergeometric
{
    private readonly double[] _logFactorials;

    /// <summary>Prepares for populations of at most <paramref name="maximum"/>.</summary>
    public Hypergeometric(int maximum)
    {
        _logFactorials = new double[maximum + 1];
        for (var i = 2; i <= maximum; i++) _logFactorials[i] = _logFactorials[i - 1] + Math.Log(i);
    }

    /// <summary>log2 P[X >= <paramref name="atLeast"/>]; negative infinity when it cannot happen.</summary>
    public double Log2UpperTail(int population, int marked, int drawn, int atLeast)
    {
        var low = Math.Max(Math.Max(atLeast, 0), drawn - (population - marked));
        var high = Math.Min(marked, drawn);
        if (low > high) return double.NegativeInfinity;
        var largest = double.NegativeInfinity;
        for (var x = low; x <= high; x++) largest = Math.Max(largest, LogProbability(population, marked, drawn, x));
        var sum = 0.0;
        for (var x = low; x <= high; x++) sum += Math.Exp(LogProbability(population, marked, drawn, x) - largest);
        return Math.Min(0, (largest + Math.Log(sum)) / Math.Log(2));
    }

    private double LogProbability(int population, int marked, int drawn, int x) =>
        LogChoose(marked, x) + LogChoose(population - marked, drawn - x) - LogChoose(population, drawn);

    private double LogChoose(int n, int k) => _logFactorials[n] - _logFactorials[k] - _logFactorials[n - k];
}
