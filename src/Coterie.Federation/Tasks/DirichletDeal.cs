using Coterie.Core.Randomness;

namespace Coterie.Federation.Tasks;

/// <summary>
/// Deals rows with skewed labels: within every class the participants' proportions are one draw from a symmetric Dirichlet(alpha)
/// distribution, as in Hsu, Qi, Brown, "Measuring the effects of non-identical data distribution" (2019), section 3.
/// Small alpha: few participants hold most of a class; large alpha: all hold about the same.
/// </summary>
internal static class DirichletDeal
{
    private const ulong Stream = 0x6469_7269; // "diri"
    private const int Attempts = 50; // a deal that leaves a participant without rows is drawn again; after so many the last one stands

    /// <summary>The participant of every row, given the class of every row (consecutive numbers from 0).</summary>
    public static int[] Owners(int[] classes, int participants, double alpha, ulong seed)
    {
        var random = new SeededRandom(seed, Stream);
        var owners = Draw(classes, participants, alpha, random);
        for (var attempt = 1; attempt < Attempts && owners.Distinct().Count() < participants; attempt++) owners = Draw(classes, participants, alpha, random);
        return owners;
    }

    private static int[] Draw(int[] classes, int participants, double alpha, SeededRandom random)
    {
        var owners = new int[classes.Length];
        for (var c = 0; c <= classes.Max(); c++)
        {
            int[] members = [.. Enumerable.Range(0, classes.Length).Where(j => classes[j] == c)];
            random.Shuffle<int>(members);
            var proportions = Dirichlet(participants, alpha, random);
            var (cumulative, start) = (0.0, 0);
            for (var k = 0; k < participants; k++)
            {
                cumulative += proportions[k];
                var end = k == participants - 1 ? members.Length : Math.Clamp((int)Math.Round(cumulative * members.Length), start, members.Length);
                for (; start < end; start++) owners[members[start]] = k;
            }
        }
        return owners;
    }

    /// <summary>One draw: gamma variates over their sum, by logarithms because they underflow for small alpha.</summary>
    internal static double[] Dirichlet(int size, double alpha, SeededRandom random)
    {
        var logarithms = new double[size];
        for (var k = 0; k < size; k++) logarithms[k] = LogGamma(alpha, random);
        var largest = logarithms.Max();
        double[] values = [.. logarithms.Select(l => Math.Exp(l - largest))];
        var sum = values.Sum();
        return [.. values.Select(v => v / sum)];
    }

    /// <summary>
    /// Logarithm of a Gamma(shape, 1) variate: Marsaglia, Tsang (2000) at shape + 1, times U^(1/shape), which serves every shape above 0.
    /// </summary>
    private static double LogGamma(double shape, SeededRandom random)
    {
        var d = shape + 1 - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextGaussian();
            var root = 1 + (c * x);
            if (root <= 0) continue;
            var v = root * root * root;
            var u = 1 - random.NextDouble();
            if (Math.Log(u) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / shape);
        }
    }
}
