namespace Coterie.Learning.Margins;

/// <summary>A loss of f whose curvature has a bound, so that one bound on the Hessian serves all rounds.</summary>
public enum BoundedLoss
{
    /// <summary>log(1 + exp(-s f)): curvature at most 1/4 (Boehning, Lindsay, "Monotonicity of quadratic-approximation algorithms", 1988).</summary>
    Logistic,

    /// <summary>max(0, 1 - s f)^2: curvature at most 2.</summary>
    SquaredHinge,
}
