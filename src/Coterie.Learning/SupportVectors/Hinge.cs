using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning.SupportVectors;

/// <summary>Losses of support vector machines in m = 1 - s f, s = +-1: the hinge max(0, m) and its square.</summary>
internal static class Hinge
{
    /// <summary>From round to round the hinge's kink is smoothed over so much less of the margin, from all of it down to hardly anything.</summary>
    private const double Sharpening = 0.7;

    /// <summary>Where it ends.</summary>
    public const double Sharpest = 1e-4;

    /// <summary>
    /// Share of the curvature of the parabola that lies above the hinge and touches it here (Groenen, Nalbantov, Bioch, "SVM-Maj", 2008), which rows away
    /// from the kink get. All of it never overshoots and is slow, none loses sight of rows that a step brings over the margin.
    /// </summary>
    private const double Outlook = 0.3;

    /// <summary>What rows add and how large it can be.</summary>
    /// <param name="Row">Per row.</param>
    /// <param name="LossBound">Of the mean, for a root mean square of f.</param>
    /// <param name="SlopeBound">Root mean square of slopes, likewise.</param>
    /// <param name="CurvatureBound">Of any row.</param>
    public sealed record Kind(RowLoss Row, Func<double, double> LossBound, Func<double, double> SlopeBound, double CurvatureBound);

    /// <summary>What is minimised in a round.</summary>
    public static Kind Of(SupportVectorLoss loss, Round round) => loss == SupportVectorLoss.Hinge ? Smoothed(SmoothingOf(round)) : Squared;

    /// <summary>How far from the kink the hinge is smoothed in a round: 1 in the first.</summary>
    public static double SmoothingOf(Round round) => Math.Max(Math.Pow(Sharpening, round.Index), Sharpest);

    /// <summary>
    /// The hinge, within h of its kink the parabola (m + h)^2 / (4 h). With the true curvature there and some elsewhere, a step solves a reweighted least
    /// squares problem.
    /// </summary>
    private static Kind Smoothed(double h) => new(
        (value, isSecond) =>
        {
            var (sign, margin) = Margin(value, isSecond);
            var outlook = Outlook / (2 * Math.Max(Math.Abs(margin), h));
            if (margin >= h) return (margin, -sign, outlook);
            if (margin <= -h) return (0, 0, outlook);
            return ((margin + h) * (margin + h) / (4 * h), -sign * (margin + h) / (2 * h), 1 / (2 * h));
        },
        f => 1 + f + h, _ => 1, 1 / (2 * h));

    /// <summary>The squared hinge: its second derivative is 2 inside the margin.</summary>
    private static Kind Squared { get; } = new(
        (value, isSecond) =>
        {
            var (sign, margin) = Margin(value, isSecond);
            return margin > 0 ? (margin * margin, -2 * sign * margin, 2) : (0, 0, 0);
        },
        f => (1 + f) * (1 + f), f => 2 * (1 + f), 2);

    /// <summary>Bound on the root mean square over rows of b + x w: the sum of those of its terms (Minkowski).</summary>
    public static double MeanBound(ReadOnlySpan<double> function, ReadOnlySpan<double> means)
    {
        double sum = 0;
        for (var j = 0; j < function.Length; j++) sum += Math.Abs(function[j]) * means[j];
        return sum;
    }

    /// <summary>Scores in (0, 1) that order rows as f does, 1/2 where f is 0: not calibrated probabilities.</summary>
    public static Matrix Scores(LinearModel function, Matrix features) => LogisticModel.Probabilities(function, features);

    /// <summary>Rows of one shard, [1 | X], with their weights.</summary>
    public static (MarginRows Rows, Matrix Targets) Open(Schema schema, Shard shard, int classes, ClassWeights classWeights)
    {
        var targets = Logistic.Targets(schema, shard, classes);
        var weights = Logistic.RowWeights(shard, targets, classWeights.Resolve(schema, classes));
        return (new MarginRows(new DesignRows(schema, shard.Features), weights), targets);
    }

    /// <summary>n x columns: 1 where the row's class is the column's, else -1.</summary>
    public static Matrix Signs(Matrix targets, int columns, Func<int, int> classOf) => Matrix.Create(targets.Rows, columns, signs =>
    {
        for (var i = 0; i < targets.Rows; i++)
            for (var k = 0; k < columns; k++) signs[(i * columns) + k] = targets[i, 0] == classOf(k) ? 1 : -1;
    });

    private static (double Sign, double Margin) Margin(double value, bool isSecond)
    {
        var sign = isSecond ? 1.0 : -1.0;
        return (sign, 1 - (sign * value));
    }
}
