using System.Collections.Immutable;
using Coterie.Core.Learning;

namespace Coterie.Learning.Boosting;

/// <summary>
/// Ascending cuts of every feature's range: a cell is in bin b if cuts b - 1 and below do not exceed it and cut b does. A feature of m cuts has m + 1 bins.
/// </summary>
/// <param name="Of">Cuts by feature.</param>
public sealed record FeatureCuts(ImmutableArray<ImmutableArray<double>> Of)
{
    private readonly ImmutableArray<int> _starts = StartsOf(Of);

    /// <summary>Where cuts are exact, the values between which they lie, one more than cuts: a division is then half-way between the values that its node has.</summary>
    public ImmutableArray<ImmutableArray<double>> Values { get; private init; } = [];

    /// <summary>Number of features.</summary>
    public int Features => Of.Length;

    /// <summary>Bins of all features together.</summary>
    public int TotalBins => _starts[^1];

    /// <summary>Bins of a feature.</summary>
    public int BinsOf(int feature) => Of[feature].Length + 1;

    /// <summary>The first of a feature's bins among all of them.</summary>
    public int StartOf(int feature) => _starts[feature];

    /// <summary>Cuts between every two neighbouring values of each feature, half-way: trees on them are what they would be without bins. It takes rows; only for training in one place.</summary>
    public static FeatureCuts Exact(Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var cells = new double[shard.Rows];
        var values = Enumerable.Range(0, shard.Features.Columns).Select(j =>
        {
            shard.Features.CopyColumn(j, cells);
            return cells.Where(c => !double.IsNaN(c)).Distinct().Order().ToImmutableArray();
        }).ToImmutableArray();
        return new([.. values.Select(v => Enumerable.Range(0, Math.Max(0, v.Length - 1)).Select(i => Between(v[i], v[i + 1])).ToImmutableArray())]) { Values = values };
    }

    /// <summary>Where a node is divided behind a bin, given its second derivatives by the feature's bins. Behind the last there are only rows without a cell.</summary>
    internal double CutAfter(int feature, int bin, ReadOnlySpan<double> hessians)
    {
        if (bin >= Of[feature].Length) return double.MaxValue;
        if (Values.IsEmpty) return Of[feature][bin];
        var next = bin + 1;
        while (next < hessians.Length - 1 && hessians[next] == 0) next++;
        return Between(Values[feature][bin], Values[feature][next]);
    }

    /// <summary>The last bin below a cut.</summary>
    internal int IndexOf(int feature, double cut)
    {
        var index = Of[feature].AsSpan().BinarySearch(cut);
        return index >= 0 ? index : ~index;
    }

    /// <inheritdoc/>
    public bool Equals(FeatureCuts? other) => other is not null && Of.Length == other.Of.Length && Of.Zip(other.Of, (a, b) => a.SequenceEqual(b)).All(e => e);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Of.Length, TotalBins);

    private static double Between(double low, double high) => low + ((high - low) / 2);

    private static ImmutableArray<int> StartsOf(ImmutableArray<ImmutableArray<double>> cuts)
    {
        var starts = new int[cuts.Length + 1];
        for (var j = 0; j < cuts.Length; j++) starts[j + 1] = starts[j] + cuts[j].Length + 1;
        return [.. starts];
    }
}
