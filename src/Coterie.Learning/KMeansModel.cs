using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>Cluster centres.</summary>
/// <param name="Centroids">k x d; the best so far while training.</param>
/// <param name="Inertia">Sum of squared distances of the training rows to their nearest centre; infinite until measured.</param>
/// <param name="Search">The search while it runs; null in a finished model.</param>
public sealed record KMeansModel(Matrix Centroids, double Inertia, KMeansSearch? Search);

/// <summary>All restarts side by side.</summary>
/// <param name="Working">The centres whose statistics are summed next: candidates (m x d), or k centres per restart (restarts k x d).</param>
/// <param name="Progress">Per restart: generation, and 1 when it has ended (restarts x 2).</param>
/// <param name="Best">Rows, and sum of squares, of the clusters of the best so far (k x 2).</param>
public sealed record KMeansSearch(Matrix Working, Matrix Progress, Matrix Best);

/// <summary>Where the first centres come from; never from a row.</summary>
public enum KMeansStarts
{
    /// <summary>Candidates in the agreed box, moved to where rows are by a few sums; k of them per restart by k-means++ on their statistics.</summary>
    Refined,

    /// <summary>Uniform in the agreed box.</summary>
    Box,
}
