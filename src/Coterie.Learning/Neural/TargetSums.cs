using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Neural;

/// <summary>Mean and deviation of a target from sums over all rows, taken on the scale on which the agreed range is [-1, 1].</summary>
internal static class TargetSums
{
    /// <summary>A deviation below this part of the half range is a constant target: far above what sums are rounded to.</summary>
    private const double SmallestDeviation = 1e-7;

    /// <summary>2 x 1: sums of w u and w u^2 for u = (y - centre) / half.</summary>
    public static double[] Of(Schema schema, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights)
    {
        var (centre, half) = RangeOf(schema);
        var sums = new double[2];
        for (var i = 0; i < targets.Length; i++)
        {
            var u = (targets[i] - centre) / half;
            var weight = weights.IsEmpty ? 1 : weights[i];
            sums[0] += weight * u;
            sums[1] += weight * u * u;
        }
        return sums;
    }

    /// <summary>The scale of the target; a target that does not vary is only centred.</summary>
    public static TargetScale ScaleOf(Schema schema, Matrix sums, double share)
    {
        var (centre, half) = RangeOf(schema);
        var mean = sums[0, 0] / share;
        var deviation = Math.Sqrt(Math.Max(0, (sums[1, 0] / share) - (mean * mean)));
        return new TargetScale(centre + (half * mean), half * (deviation > SmallestDeviation ? deviation : 1));
    }

    /// <summary>Middle and half of the target's agreed range, which is what 0 and 1 stand for.</summary>
    /// <exception cref="ArgumentException">The range is not known yet.</exception>
    public static (double Centre, double Half) RangeOf(Schema schema)
    {
        var target = schema.Target;
        if (target is null || !double.IsFinite(target.Bound))
            throw new ArgumentException($"The range of column '{target?.Name}' is not known; declare or agree it first.", nameof(schema));
        var half = (target.Maximum - target.Minimum) / 2;
        return (target.Minimum + half, half > 0 ? half : 1);
    }
}
