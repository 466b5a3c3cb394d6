using System.Numerics.Tensors;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Benchmarks;

/// <summary>The kernel every masked value passes through once per neighbour.</summary>
internal static class MaskGeneratorBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "mask-generator";

    private const string Method = """
        Bytes of the vector per second of processor time on one core; medians of 11. `copy` copies the vector, `add` adds another vector to it
        (the plain rows); the others add a mask expanded from a key: with the processor's AES instructions, and by the portable path over the framework's
        block cipher, which machines without them take.
        """;

    public static Report Run()
    {
        var report = new Report(Name, "Mask generator beside memory copy", Method);
        var table = new MarkdownTable("values", "copy", "add", "mask and add, instructions", "mask and add, portable");
        foreach (var length in (int[])[1_000, 10_000, 100_000, 1_000_000]) table.Add([Figures.Count(length), .. Rates(length)]);
        report.Add(table);
        return report;
    }

    private static IEnumerable<string> Rates(int length)
    {
        ulong[] source = new ulong[length], target = new ulong[length];
        var key = new byte[MaskGenerator.KeyLength];
        string Rate(Action action) => Figures.Three(length * sizeof(ulong) / Stopwatches.Kernel(action) / 1e9) + " GB/s";
        yield return Rate(() => source.CopyTo(target, 0));
        yield return Rate(() => TensorPrimitives.Add<ulong>(target, source, target));
        yield return AesCounterX86.IsSupported ? Rate(() => MaskGenerator.Apply<Addition>(key, UInt128.Zero, target, hardware: true)) : "absent";
        yield return Rate(() => MaskGenerator.Apply<Addition>(key, UInt128.Zero, target, hardware: false));
    }
}
