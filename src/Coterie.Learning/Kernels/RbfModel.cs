using Coterie.Core.Numerics;

namespace Coterie.Learning.Kernels;

/// <summary>Where kernels are centred.</summary>
/// <param name="Centroids">budget x d.</param>
/// <param name="Search">The clustering while it runs; null where centroids are settled.</param>
public sealed record RbfModel(Matrix Centroids, KMeansModel? Search = null);

/// <summary>Where centroids come from.</summary>
public enum CentroidSource
{
    /// <summary>Drawn from the agreed ranges: they say nothing about rows.</summary>
    Uniform,

    /// <summary>Cluster means, learned by sums under the run's mode. A cluster of one row is that row, and everybody learns it.</summary>
    KMeans,
}
