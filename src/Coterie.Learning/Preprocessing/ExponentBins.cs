namespace Coterie.Learning.Preprocessing;

/// <summary>
/// A bound agreed by sums: each participant marks the bin of the smallest power of two that its largest absolute value does not exceed, and
/// the highest bin that is not empty bounds all of them (docs: only sums). The lowest bin also takes everything smaller, zero included.
/// </summary>
internal static class ExponentBins
{
    public const int Count = 64;

    /// <summary>Marks the bin of <paramref name="largest"/> (not negative, finite); false when it lies above the highest.</summary>
    public static bool TryMark(double largest, int lowestExponent, Span<double> bins)
    {
        var bin = largest == 0 ? 0 : Math.Max(0, Math.ILogB(Math.BitDecrement(largest)) - lowestExponent);
        if (bin >= Count) return false;
        bins[bin] = 1;
        return true;
    }

    /// <summary>The power of two that no value that was marked exceeds; sums may have been rounded.</summary>
    public static double Bound(ReadOnlySpan<double> totals, int lowestExponent)
    {
        var highest = Count - 1;
        while (highest > 0 && totals[highest] < 0.5) highest--;
        return Math.ScaleB(1, lowestExponent + highest + 1);
    }
}
