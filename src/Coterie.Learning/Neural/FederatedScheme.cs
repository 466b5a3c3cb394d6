namespace Coterie.Learning.Neural;

/// <summary>What participants send in a round.</summary>
public enum FederatedScheme
{
    /// <summary>The change of the weights after passes over the own rows (McMahan et al. 2017, FederatedAveraging).</summary>
    FedAvg,

    /// <summary>One gradient at the common weights (McMahan et al. 2017, FederatedSGD); steps are central.</summary>
    FedSgd,

    /// <summary>As <see cref="FedAvg"/>, with a pull of every local step toward the common weights (Li et al. 2020, FedProx).</summary>
    FedProx,
}
