using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>The rows one participant holds. Never leaves it.</summary>
/// <param name="Features">n x d; NaN where a cell is missing.</param>
/// <param name="Targets">n x 1: a number, or the class's 0-based index; null for clustering.</param>
/// <param name="Weights">n x 1, not negative; null: every row counts once.</param>
public sealed record Shard(Matrix Features, Matrix? Targets = null, Matrix? Weights = null)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Features.Rows;

    /// <summary>The rows named by <paramref name="indices"/>, in that order.</summary>
    public Shard SelectRows(ReadOnlySpan<int> indices) =>
        new(Features.SelectRows(indices), Targets?.SelectRows(indices), Weights?.SelectRows(indices));

    /// <summary>The rows of several shards, one after the other.</summary>
    public static Shard Concatenate(params IReadOnlyList<Shard> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var total = shards[0];
        return shards.Count == 1 ? total : new(
            Stack(shards.Select(s => s.Features)),
            total.Targets is null ? null : Stack(shards.Select(s => s.Targets!)),
            total.Weights is null ? null : Stack(shards.Select(s => s.Weights!)));
    }

    private static Matrix Stack(IEnumerable<Matrix> parts)
    {
        var all = parts.ToArray();
        var values = new double[all.Sum(p => p.Rows) * all[0].Columns];
        var offset = 0;
        foreach (var part in all)
        {
            part.Values.CopyTo(values.AsSpan(offset));
            offset += part.Values.Length;
        }
        return new Matrix(all.Sum(p => p.Rows), all[0].Columns, values);
    }
}
