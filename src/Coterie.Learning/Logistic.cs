using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>The logistic loss without overflow or cancellation, and the rows of two-class learners.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    public static double Sigmoid(double x)
    {
        var e = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>
    /// For a row with log odds <paramref name="odds"/> and class <paramref name="second"/>: loss log(1 + exp(-s f)), residual p - t and
    /// curvature p (1 - p).
    /// </summary>
    public static (double Loss, double Residual, double Curvature) Row(double odds, bool second)
    {
        var e = Math.Exp(-Math.Abs(odds));
        var larger = 1 / (1 + e);
        var smaller = e / (1 + e);
        var agrees = second == odds >= 0;
        var residual = second ? -(agrees ? smaller : larger) : agrees ? smaller : larger;
        return ((agrees ? 0 : Math.Abs(odds)) + Log1P(e), residual, larger * smaller);
    }

    /// <summary>log(1 + x) to full precision for small x (Kahan).</summary>
    public static double Log1P(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }

    /// <summary>Targets n x 1, every one 0 or 1.</summary>
    /// <exception cref="ShardException">One is not.</exception>
    public static Matrix Targets(Schema schema, Shard shard) => Targets(schema, shard, 2);

    /// <summary>Targets n x 1, every one a class index.</summary>
    /// <exception cref="ShardException">One is not.</exception>
    public static Matrix Targets(Schema schema, Shard shard, int classes)
    {
        var targets = LinearRows.Targets(schema, shard);
        for (var i = 0; i < targets.Rows; i++)
            if (!(targets[i, 0] >= 0 && targets[i, 0] < classes && targets[i, 0] == Math.Floor(targets[i, 0])))
                throw new ShardException($"The target holds {targets[i, 0]}; one of {classes} classes, 0 to {classes - 1}, is expected.", schema.Target?.Name, i);
        return targets;
    }

    /// <summary>Row weight times class weight, one per row; null when every row counts once.</summary>
    public static double[]? RowWeights(Shard shard, Matrix targets, double[] classWeights)
    {
        if (shard.Weights is null && classWeights.All(w => w == 1)) return null;
        var weights = new double[targets.Rows];
        for (var i = 0; i < weights.Length; i++) weights[i] = (shard.Weights?[i, 0] ?? 1) * classWeights[(int)targets[i, 0]];
        return weights;
    }
}
