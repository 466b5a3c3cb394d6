using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Coterie.Learning.Boosting;

/// <summary>A division of a node.</summary>
/// <param name="Feature">By which feature.</param>
/// <param name="Bin">The last bin that goes left.</param>
/// <param name="IsMissingLeft">Whether rows without a cell go left.</param>
/// <param name="Gain">By how much it lowers twice the objective.</param>
/// <param name="LeftGradient">Sum of first derivatives that go left.</param>
/// <param name="LeftHessian">Sum of second derivatives.</param>
internal readonly record struct Split(int Feature, int Bin, bool IsMissingLeft, double Gain, double LeftGradient, double LeftHessian);

/// <summary>
/// The best division of a node by its histograms: G_L^2 / (H_L + lambda) + G_R^2 / (H_R + lambda) - G^2 / (H + lambda) is largest, the convention of XGBoost (Chen, Guestrin, KDD 2016, equation 7 without its half). Of equals the first feature,
/// the lowest cut, and rows without a cell to the right.
/// </summary>
/// <param name="cuts">Bins.</param>
/// <param name="lambda">Penalty on squared leaf values.</param>
/// <param name="leastHessian">Second derivatives either side needs at least.</param>
/// <param name="directions">By feature 1: predictions may not fall with it, -1: not rise, 0: either; empty: none is constrained.</param>
internal sealed class SplitFinder(FeatureCuts cuts, double lambda, double leastHessian, ReadOnlyMemory<int> directions)
{
    /// <summary>Gains up to here are rounding.</summary>
    private const double LeastGain = 1e-6;

    /// <summary>A leaf's value before the learning rate: the least objective within bounds.</summary>
    public double ValueOf(double gradient, double hessian, double lower, double upper) =>
        hessian + lambda > 0 ? Math.Clamp(-gradient / (hessian + lambda), lower, upper) : Math.Clamp(0, lower, upper);

    /// <summary>The best division; null where none gains.</summary>
    /// <param name="node">Sums over all its rows, and bounds.</param>
    /// <param name="gradients">Its histogram.</param>
    /// <param name="hessians">Likewise.</param>
    /// <param name="isAllowed">By which features it may be divided.</param>
    public Split? Find(FrontierNode node, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians, Predicate<int> isAllowed)
    {
        var before = Score(node.Gradient, node.Hessian, node);
        var best = new Split(-1, 0, false, LeastGain, 0, 0);
        for (var j = 0; j < cuts.Features; j++)
        {
            if (!isAllowed(j)) continue;
            var of = gradients.Slice(cuts.StartOf(j), cuts.BinsOf(j));
            var second = hessians.Slice(cuts.StartOf(j), cuts.BinsOf(j));
            // Exact in any order, and what is left of a feature without missing cells is exactly 0.
            var (missing, missingHessian) = (node.Gradient - TensorPrimitives.Sum(of), node.Hessian - TensorPrimitives.Sum(second));
            if (missingHessian == 0 && directions.IsEmpty) FindAmongPresent(j, node, of, second, before, ref best);
            else FindAmongAll(j, node, of, second, missing, missingHessian, before, ref best);
        }
        return best.Feature < 0 ? null : best;
    }

    /// <summary>No cell is missing and nothing is constrained: the scan that nearly all of the time is spent in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindAmongPresent(int feature, FrontierNode node, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians, double before, ref Split best)
    {
        var (left, leftHessian, bin, most, mostLeft, mostLeftHessian) = (0.0, 0.0, -1, best.Gain + before, 0.0, 0.0);
        // Neither side may be empty, whatever the least weight is.
        var least = Math.Max(leastHessian, lambda > 0 ? 0 : double.Epsilon);
        for (var b = 0; b < gradients.Length - 1; b++)
        {
            left += gradients[b];
            leftHessian += hessians[b];
            var (right, rightHessian) = (node.Gradient - left, node.Hessian - leftHessian);
            if (leftHessian < least) continue;
            if (rightHessian < least) break;
            var score = (left * left / (leftHessian + lambda)) + (right * right / (rightHessian + lambda));
            if (score > most) (most, bin, mostLeft, mostLeftHessian) = (score, b, left, leftHessian);
        }
        if (bin >= 0) best = new(feature, bin, false, most - before, mostLeft, mostLeftHessian);
    }

    private void FindAmongAll(
        int feature, FrontierNode node, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians, double missing, double missingHessian, double before, ref Split best)
    {
        var (left, leftHessian) = (0.0, 0.0);
        var last = missingHessian != 0 ? gradients.Length : gradients.Length - 1;
        for (var b = 0; b < last; b++)
        {
            left += gradients[b];
            leftHessian += hessians[b];
            Consider(new(feature, b, false, 0, left, leftHessian), node, before, ref best);
            if (missingHessian != 0 && b < gradients.Length - 1) Consider(new(feature, b, true, 0, left + missing, leftHessian + missingHessian), node, before, ref best);
        }
    }

    private void Consider(Split split, FrontierNode node, double before, ref Split best)
    {
        var (right, rightHessian) = (node.Gradient - split.LeftGradient, node.Hessian - split.LeftHessian);
        if (split.LeftHessian < leastHessian || rightHessian < leastHessian || !(split.LeftHessian + lambda > 0) || !(rightHessian + lambda > 0)) return;
        if (!directions.IsEmpty && directions.Span[split.Feature] is not 0 and var direction
            && direction * (ValueOf(right, rightHessian, node.Lower, node.Upper) - ValueOf(split.LeftGradient, split.LeftHessian, node.Lower, node.Upper)) < 0) return;
        var gain = Score(split.LeftGradient, split.LeftHessian, node) + Score(right, rightHessian, node) - before;
        if (gain > best.Gain) best = split with { Gain = gain };
    }

    /// <summary>Twice what the best value within bounds takes from the objective: G^2 / (H + lambda) where there are none.</summary>
    private double Score(double gradient, double hessian, FrontierNode node)
    {
        if (!(hessian + lambda > 0)) return 0;
        if (directions.IsEmpty) return gradient * gradient / (hessian + lambda);
        var value = ValueOf(gradient, hessian, node.Lower, node.Upper);
        return -((2 * gradient) + ((hessian + lambda) * value)) * value;
    }
}
