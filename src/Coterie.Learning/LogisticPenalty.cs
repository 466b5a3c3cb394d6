namespace Coterie.Learning;

/// <summary>What keeps logistic coefficients small.</summary>
public enum LogisticPenalty
{
    /// <summary>0.5 ||w||^2.</summary>
    L2,

    /// <summary>Nothing: maximum likelihood, which does not exist for separable classes.</summary>
    None,
}
