using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Coterie.Benchmarks.Networks;

/// <summary>Products of dense matrices beside OpenBLAS and MathNet.</summary>
internal static class DenseBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "dense";

    private const int Turns = 7;

    private const string Method = """
        Products of double precision, row-major, one thread on one core, processor time; 2 m k n operations each. Contenders take turns, the figures are medians of 7
        turns in thousand millions of operations per second. `Coterie` is `DenseKernels.Multiply`, which chooses among its tiles; `512`, `256` and `128` are its tiles of vectors of so many bits,
        whatever the shape. `OpenBLAS` is `cblas_dgemm` on one thread, `MathNet` its managed provider on one thread. The last shapes are
        those of batches in networks, where copying the factors costs as much as multiplying them.
        """;

    private static readonly (int M, int K, int N)[] Shapes =
        [(64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (768, 768, 768), (1024, 1024, 1024), (256, 64, 32), (256, 32, 10), (32, 64, 32), (32, 11, 16)];

    public static Report Run()
    {
        var report = new Report(Name, "Products of dense matrices", Method);
        var blas = OpenBlas.TryLoad();
        report.Add(blas is null ? "OpenBLAS is not there." : $"{blas.Version.Trim()}.");
        Control.UseManaged();
        Control.UseSingleThread();
        var table = new MarkdownTable("m x k x n", "Coterie", "512", "256", "128", "OpenBLAS", "MathNet", "of OpenBLAS", "of MathNet");
        using var core = OneCore.TryEnter();
        double worst = double.PositiveInfinity;
        foreach (var (m, k, n) in Shapes)
        {
            var rates = Measure(m, k, n, blas);
            string Rate(string name) => rates.TryGetValue(name, out var rate) ? Figures.Three(rate) : "-";
            string Of(string name) => rates.TryGetValue(name, out var rate) ? Figures.Ratio(rates["Coterie"] / rate) : "-";
            table.Add($"{m} x {k} x {n}", Rate("Coterie"), Rate("512"), Rate("256"), Rate("128"), Rate("OpenBLAS"), Rate("MathNet"), Of("OpenBLAS"), Of("MathNet"));
            if (m is >= 512 && blas is not null) worst = Math.Min(worst, rates["Coterie"] / rates["OpenBLAS"]);
        }
        report.Add(table);
        if (double.IsFinite(worst)) report.Target("time over that of OpenBLAS, worst of 512 to 1024,", 1 / worst, 1 / 0.9, "x");
        return report;
    }

    private static Dictionary<string, double> Measure(int m, int k, int n, OpenBlas? blas)
    {
        Console.Error.WriteLine($"{m} x {k} x {n}");
        double[] a = Numbers(m * k, 1), b = Numbers(k * n, 2), c = new double[m * n];
        DenseMatrix left = new(k, m, (double[])a.Clone()), right = new(n, k, (double[])b.Clone()), product = new(n, m);
        var contenders = new Dictionary<string, Action>
        {
            ["Coterie"] = () => DenseKernels.Multiply(a, b, c, m, k, n),
            ["512"] = () => DenseKernels.Add(512, a, k, 1, b, n, 1, c, m, k, n),
            ["256"] = () => DenseKernels.Add(256, a, k, 1, b, n, 1, c, m, k, n),
            ["128"] = () => DenseKernels.Add(128, a, k, 1, b, n, 1, c, m, k, n),
            // Column-major, so that the product is the transpose of the transposes.
            ["MathNet"] = () => right.Multiply(left, product),
        };
        if (blas is not null) contenders["OpenBLAS"] = () => blas.Multiply(a, b, c, m, k, n);
        var seconds = contenders.ToDictionary(e => e.Key, _ => new List<double>());
        for (var turn = 0; turn < Turns; turn++)
            foreach (var (name, action) in contenders) seconds[name].Add(Stopwatches.Kernel(action, repeats: 1));
        return seconds.ToDictionary(e => e.Key, e => 2.0 * m * k * n / Stopwatches.Median(e.Value) / 1e9);
    }

    private static double[] Numbers(int length, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
    }
}
