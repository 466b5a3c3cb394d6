namespace Coterie.Learning.Neural;

/// <summary>How the common weights move by what participants sent together.</summary>
public enum ServerOptimizer
{
    /// <summary>By the mean change, or against the mean gradient with the learning rate and momentum.</summary>
    None,

    /// <summary>By Adam on the mean change (Reddi et al. 2021) or on the mean gradient.</summary>
    Adam,
}
