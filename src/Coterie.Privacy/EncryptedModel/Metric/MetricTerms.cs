using System.Collections.Immutable;
using Coterie.Core.Wire;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>What all parties agree on before anything about validators' rows is opened. All of it is public.</summary>
/// <param name="FeatureBounds">No number in a column of [1 | X] is larger: d + 1 of them, each positive.</param>
/// <param name="TargetBound">No target is larger; positive.</param>
/// <param name="RowsAtMost">No validator has more rows.</param>
/// <param name="OpeningsAtMost">So many totals are opened in the run, and not one more.</param>
internal sealed record MetricTerms(ImmutableArray<double> FeatureBounds, double TargetBound, int RowsAtMost, int OpeningsAtMost)
{
    /// <summary>
    /// An opened mean is right to the target bound's square times 2^-bits; noise is in the digits below, so that a total tells at most so many bits more
    /// than its size does, and not the digits of exact integers, in which whole rows would have room.
    /// </summary>
    public int FractionBits { get; init; } = 20;

    /// <summary>Columns of [1 | X | y].</summary>
    public int Columns => FeatureBounds.Length + 1;

    /// <summary>How large a number in a column of the reduced rows can be, as a power of two: a column's length does not change by reduction.</summary>
    public int ScaleOf(int column) => (int)Math.Ceiling(Math.Log2(Math.Sqrt(RowsAtMost) * (column < FeatureBounds.Length ? FeatureBounds[column] : TargetBound)));

    /// <summary>The width of a validator's noise.</summary>
    public double NoiseOf(int rows) => rows * TargetBound * TargetBound * Math.ScaleB(1, -FractionBits);

    /// <exception cref="ArgumentException">They make no sense.</exception>
    public void Require()
    {
        if (FeatureBounds.IsDefaultOrEmpty || FeatureBounds.Append(TargetBound).Any(b => !(b > 0) || !double.IsFinite(b)))
            throw new ArgumentException("Bounds of columns and target are positive and finite.", nameof(FeatureBounds));
        ArgumentOutOfRangeException.ThrowIfLessThan(RowsAtMost, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpeningsAtMost, 1);
        if (FractionBits is < 8 or > 40) throw new ArgumentOutOfRangeException(nameof(FractionBits), FractionBits, "Means are opened to 8 to 40 bits.");
    }

    public void Write(WireWriter writer)
    {
        writer.WriteDoubles([.. FeatureBounds, TargetBound]);
        foreach (var number in (int[])[RowsAtMost, OpeningsAtMost, FractionBits]) writer.WriteInt32(number);
    }
}
