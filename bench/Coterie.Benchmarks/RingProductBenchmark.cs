using System.Runtime.InteropServices;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Numerics;
using Coterie.Core.Numerics.Rings;
using Coterie.Core.Randomness;

namespace Coterie.Benchmarks;

/// <summary>Matrix products over Z_2^64.</summary>
internal static class RingProductBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "ring-product";

    private const string Method = """
        Multiply-adds modulo 2^64 per second of processor time on one core; medians of 5. `loop` is the plain row: three loops, row by row.
        """;

    public static Report Run()
    {
        var report = new Report(Name, "Matrix products over Z_2^64", Method);
        var table = new MarkdownTable("shape", "loop", "portable", "AVX2", "AVX-512", "as chosen");
        foreach (var (m, k, n) in ((int, int, int)[])[(1024, 1024, 1024), (256, 256, 256), (1000, 100, 10), (1000, 1000, 1)]) table.Add([$"{m} x {k} x {n}", .. Rates(m, k, n)]);
        report.Add(table);
        return report;
    }

    private static IEnumerable<string> Rates(int m, int k, int n)
    {
        var (left, right, product) = (new ulong[m * k], new ulong[k * n], new ulong[m * n]);
        CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(left.AsSpan()));
        CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(right.AsSpan()));
        string Rate(Action action) => Figures.Three((double)m * k * n / Stopwatches.Kernel(action, repeats: 5) / 1e9) + " G/s";
        yield return Rate(() =>
        {
            for (var i = 0; i < m; i++)
                for (var p = 0; p < k; p++)
                {
                    var factor = left[(i * k) + p];
                    var sums = product.AsSpan(i * n, n);
                    var row = right.AsSpan(p * n, n);
                    for (var j = 0; j < sums.Length; j++) sums[j] = unchecked(sums[j] + (factor * row[j]));
                }
        });
        yield return Rate(() => RingKernels.Add(64, left, right, product, m, k, n));
        yield return RingTile256.IsSupported ? Rate(() => RingKernels.Add(256, left, right, product, m, k, n)) : "absent";
        yield return RingTile512.IsSupported ? Rate(() => RingKernels.Add(512, left, right, product, m, k, n)) : "absent";
        yield return Rate(() => RingKernels.Multiply(left, right, product, m, k, n));
    }
}
