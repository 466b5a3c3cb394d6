namespace Coterie.Learning.Neural;

/// <summary>How a participant steps through its own batches. What it remembers between steps starts anew in every round.</summary>
public enum LocalOptimizer
{
    /// <summary>Steps against the gradient, with momentum where asked for.</summary>
    Sgd,

    /// <summary>Steps scaled by running moments of the gradient (Kingma, Ba 2015).</summary>
    Adam,
}
