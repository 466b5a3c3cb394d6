using System.Collections.Immutable;

namespace Coterie.Federation.Reports.Charts;

/// <summary>Thins what is too much to draw, the same way every time.</summary>
internal static class Sampling
{
    /// <summary>At most <paramref name="limit"/> (at least 2) items at equal distances, the first and the last among them.</summary>
    public static ImmutableArray<T> Evenly<T>(ImmutableArray<T> items, int limit) => items.Length <= limit
        ? items
        : [.. Enumerable.Range(0, limit).Select(i => items[(int)((long)i * (items.Length - 1) / (limit - 1))])];
}
