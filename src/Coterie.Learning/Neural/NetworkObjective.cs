namespace Coterie.Learning.Neural;

/// <summary>What a network's outputs o mean and what one row with target y costs.</summary>
public enum NetworkObjective
{
    /// <summary>A number: sum (o - y)^2.</summary>
    Squared,

    /// <summary>Log odds of the second of two classes: log(1 + exp(o)) - y o.</summary>
    Logistic,

    /// <summary>A score per class: -log softmax(o)[y].</summary>
    Softmax,

    /// <summary>Log odds of each class against the rest: the sum over classes k of log(1 + exp(o_k)) - [y = k] o_k.</summary>
    OneVsRest,
}
