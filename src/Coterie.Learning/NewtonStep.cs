using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>
/// Newton's method with backtracking, one evaluation per round (Nocedal, Wright 2006, algorithms 3.1 and 3.2): the round at a trial
/// point brings its objective, and in the usual case the derivatives for the next step with it.
/// </summary>
/// <param name="Point">Where the next round evaluates.</param>
/// <param name="Search">The step under trial; null where the point needs no verdict.</param>
/// <param name="Done">The point is the optimum to working precision.</param>
/// <param name="Change">Length of the step over max(1, length of the point).</param>
internal sealed record NewtonStep(Matrix Point, LineSearch? Search, bool Done, double Change)
{
    /// <summary>Armijo's constant: the share of the promised decrease a step must bring.</summary>
    private const double SufficientDecrease = 1e-4;

    /// <summary>Objectives closer than this are equal: the rounding of a sum over many rows.</summary>
    private const double ObjectiveNoise = 1e-12;

    /// <summary>A step this short has met rounding: nothing better is left along the direction.</summary>
    private const double ShortestLength = 1e-10;

    /// <summary>Where ranges are unknown, steps below this are taken to be in the region of quadratic convergence.</summary>
    private const double UncheckedChange = 1e-6;

    /// <summary>
    /// A full Newton step along which no margin moves by more than 1 lowers the objective by at least 1 - (e - 2) = 0.28 of its slope,
    /// because the third derivative of the logistic loss is at most its second (Bach 2010, proposition 1): it needs no verdict.
    /// </summary>
    private const double SafeReach = 1;

    /// <summary>Moves on from <paramref name="point"/>, where the objective was evaluated.</summary>
    /// <param name="point">p x 1.</param>
    /// <param name="search">The step that led here, if it is under trial.</param>
    /// <param name="objective">The objective at the point.</param>
    /// <param name="direction">Computes gradient and Newton direction at the point (p x 1 each); asked only if the point is accepted.</param>
    /// <param name="reach">A bound on the change of any row's margins along a direction; NaN where unknown.</param>
    public static NewtonStep From(
        Matrix point, LineSearch? search, double objective, Func<(Matrix Gradient, Matrix Direction)> direction, Func<Matrix, double> reach)
    {
        if (search is not null && !IsAccepted(search, objective))
        {
            var shorter = search with { Length = search.Length * Shrink(search, objective) };
            return shorter.Length < ShortestLength
                ? new NewtonStep(search.Origin, null, Done: true, 0)
                : new NewtonStep(shorter.Trial, shorter, Done: false, RelativeChange(point, shorter.Trial));
        }
        var (gradient, step) = direction();
        var slope = TensorPrimitives.Dot(gradient.Values, step.Values);
        if (!(slope < 0)) return new NewtonStep(point, null, Done: true, 0);
        var next = point + step;
        var change = RelativeChange(point, next);
        var farthest = reach(step);
        var isSafe = double.IsNaN(farthest) ? change <= UncheckedChange : farthest <= SafeReach;
        return new NewtonStep(next, isSafe ? null : new LineSearch(point, step, 1, objective, slope), Done: false, change);
    }

    /// <summary>
    /// x with H x = -g. Where H is singular to working precision (dependent columns, separated classes without a penalty) or noise
    /// has made it indefinite, its diagonal is raised, by a ten-billionth at first, until it is positive definite.
    /// </summary>
    /// <param name="hessian">p x p, row-major; only the lower triangle is read, its diagonal may change.</param>
    /// <param name="gradient">p x 1.</param>
    /// <exception cref="ArithmeticException">H is not finite.</exception>
    public static Matrix Direction(double[] hessian, Matrix gradient)
    {
        var n = gradient.Rows;
        for (var j = 0; j < n; j++)
            if (!(hessian[j * (n + 1)] > 0)) hessian[j * (n + 1)] = 1;      // no row moves with this parameter (or noise hides it)
        var matrix = new Matrix(n, n, hessian);
        for (var raise = 1e-10; raise < 1e13; raise *= 100)
        {
            if (Cholesky.TrySolve(matrix, -1 * gradient, SingularPivot, out var solution)) return solution;
            for (var j = 0; j < n; j++) hessian[j * (n + 1)] *= 1 + raise;
        }
        throw new ArithmeticException("The Hessian is not finite.");
    }

    /// <summary>Below this share of a unit diagonal a pivot is rounding.</summary>
    private const double SingularPivot = 1e-13;

    /// <summary>||after - before|| / max(1, ||after||).</summary>
    public static double RelativeChange(Matrix before, Matrix after) =>
        Math.Sqrt(TensorPrimitives.SumOfSquares((after - before).Values)) / Math.Max(1, Math.Sqrt(TensorPrimitives.SumOfSquares(after.Values)));

    private static bool IsAccepted(LineSearch search, double objective) =>
        objective <= search.Objective + (SufficientDecrease * search.Length * search.Slope) + (ObjectiveNoise * Math.Abs(search.Objective));

    /// <summary>The minimum of the parabola through what is known, kept between a tenth and a half.</summary>
    private static double Shrink(LineSearch search, double objective)
    {
        var excess = objective - search.Objective - (search.Length * search.Slope);
        var minimum = -search.Length * search.Slope / (2 * excess);
        return double.IsNaN(minimum) ? 0.1 : Math.Clamp(minimum, 0.1, 0.5);
    }
}
