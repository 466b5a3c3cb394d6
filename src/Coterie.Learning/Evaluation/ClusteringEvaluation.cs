using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Evaluation;

/// <summary>Figures of a clustering.</summary>
public static class ClusteringEvaluation
{
    /// <summary><c>inertia</c>: the sum over rows of the squared Euclidean distance to the assigned centroid.</summary>
    /// <param name="features">n x d.</param>
    /// <param name="assignments">n x 1, each the 0-based index of a centroid.</param>
    /// <param name="centroids">k x d.</param>
    public static Metrics Evaluate(Matrix features, Matrix assignments, Matrix centroids)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(assignments);
        ArgumentNullException.ThrowIfNull(centroids);
        var inertia = 0.0;
        for (var i = 0; i < features.Rows; i++)
        {
            var distance = TensorPrimitives.Distance(features.Row(i), centroids.Row((int)assignments[i, 0]));
            inertia += distance * distance;
        }
        return Metrics.Empty.With("inertia", inertia);
    }
}
