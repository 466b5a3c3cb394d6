namespace Coterie.Learning.SupportVectors;

/// <summary>What a support vector machine minimises beside its penalty, and how.</summary>
public enum SupportVectorLoss
{
    /// <summary>The hinge, by iteratively reweighted least squares.</summary>
    Hinge,

    /// <summary>The squared hinge, by Newton's method.</summary>
    SquaredHinge,
}
