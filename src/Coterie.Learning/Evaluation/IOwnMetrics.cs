using Coterie.Core.Learning;

namespace Coterie.Learning.Evaluation;

/// <summary>
/// A learner with figures of its own, computed from its model and not from predictions alone: for example k-means' <c>inertia</c>.
/// They come after those of its task.
/// </summary>
/// <typeparam name="TModel">The learner's model.</typeparam>
public interface IOwnMetrics<in TModel> where TModel : class
{
    /// <summary>The figures on <paramref name="rows"/>, which have at least one row.</summary>
    Metrics Evaluate(Schema schema, TModel model, Shard rows);
}
