using System.Numerics;
using Coterie.Core.Learning;

namespace Coterie.Learning;

/// <summary>The public factor that turns sums over rows into numbers of the size of a mean.</summary>
internal static class RowScale
{
    /// <summary>1 over the smallest power of two that is at least the agreed number of rows: exact in every fixed point.</summary>
    public static double Of(Round round)
    {
        ArgumentNullException.ThrowIfNull(round);
        return 1.0 / BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, round.TotalRows));
    }
}
