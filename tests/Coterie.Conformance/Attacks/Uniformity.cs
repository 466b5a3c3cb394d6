using System.Runtime.InteropServices;

namespace Coterie.Conformance.Attacks;

/// <summary>Whether ring elements look uniform and unrelated to what they hide.</summary>
internal static class Uniformity
{
    /// <summary>
    /// Chi-square over the 256 byte values, 255 degrees of freedom: uniform bytes exceed 400 with a probability below 2e-8
    /// (Wilson, Hilferty: z = 5.5), whatever the sample size from a few thousand bytes on. A constant byte in eight gives far more than 400.
    /// </summary>
    public static void AssertUniform(ReadOnlySpan<ulong> values)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Assert.True(bytes.Length >= 4096, "the sample is too small for this test");
        var counts = new int[256];
        foreach (var b in bytes) counts[b]++;
        var expected = bytes.Length / 256.0;
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 0, 400);
    }

    /// <summary>
    /// Correlation as signed numbers: for n independent pairs it is normal with deviation 1/sqrt(n); beyond 6 deviations with a probability
    /// of 2e-9.
    /// </summary>
    public static void AssertUncorrelated(ReadOnlySpan<ulong> masked, ReadOnlySpan<double> plain) =>
        Assert.InRange(Math.Abs(Correlation(masked, plain)) * Math.Sqrt(plain.Length), 0, 6);

    public static double Correlation(ReadOnlySpan<ulong> masked, ReadOnlySpan<double> plain)
    {
        var x = new double[plain.Length];
        for (var i = 0; i < x.Length; i++) x[i] = unchecked((long)masked[i]);
        double meanX = x.Average(), meanY = plain.ToArray().Average(), xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (plain[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (plain[i] - meanY) * (plain[i] - meanY);
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
