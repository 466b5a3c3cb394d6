using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Benchmarks;

/// <summary>Sharing and reconstructing a 32-byte secret.</summary>
internal static class ShamirBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "shamir";

    private const string Method = """
        One 32-byte secret in five limbs over the field of 2^61 - 1, n shares of which t reconstruct. Processor time on one core; medians of 11.
        `prepare` computes the Lagrange coefficients of t points, once for all secrets shared over them; `reconstruct` is one secret with them at hand;
        `both` one secret without. `copy` is the plain row: writing the secret n times.
        """;

    public static Report Run()
    {
        var report = new Report(Name, "Shamir secret sharing", Method);
        var table = new MarkdownTable("n", "t", "copy", "share", "prepare", "reconstruct", "both");
        foreach (var (n, t) in ((int, int)[])[(100, 61), (1_000, 666)]) table.Add([Figures.Count(n), Figures.Count(t), .. Times(n, t)]);
        report.Add(table);
        return report;
    }

    private static IEnumerable<string> Times(int n, int t)
    {
        int[] points = [.. Enumerable.Range(1, n)];
        var secret = CryptographicRandom.Instance.Bytes(Shamir.SecretLength);
        var copies = new byte[n * Shamir.SecretLength];
        var shares = Shamir.Split(secret, t, points, CryptographicRandom.Instance);
        var used = shares[^t..];
        int[] at = [.. used.Select(s => s.Point)];
        var lagrange = new LagrangeAtZero(at);
        if (!lagrange.Reconstruct(used).AsSpan().SequenceEqual(secret)) throw new InvalidOperationException("The secret is not what was shared.");
        string Time(Action action) => Figures.Seconds(Stopwatches.Kernel(action));
        yield return Time(() =>
        {
            for (var i = 0; i < n; i++) secret.CopyTo(copies, i * Shamir.SecretLength);
        });
        yield return Time(() => Shamir.Split(secret, t, points, CryptographicRandom.Instance));
        yield return Time(() => _ = new LagrangeAtZero(at));
        yield return Time(() => lagrange.Reconstruct(used));
        yield return Time(() => Shamir.Reconstruct(used, t));
    }
}
