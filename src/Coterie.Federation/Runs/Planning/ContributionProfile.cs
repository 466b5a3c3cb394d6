using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;

namespace Coterie.Federation.Runs.Planning;

/// <summary>What hidden arithmetic a learner's round would need; found by running it on shapes alone.</summary>
/// <param name="Degree">Degree of the contribution in the model's parameters; 0: it depends on the rows only; null: it is no polynomial.</param>
/// <param name="Products">Scalar products of one participant's contribution.</param>
/// <param name="Comparisons">Comparisons of one participant's contribution.</param>
public sealed record ContributionProfile(int? Degree, long Products, long Comparisons)
{
    /// <summary>Profiles a learner; null where it is not written as hidden algebra.</summary>
    internal static ContributionProfile? Of<TModel>(ISummed<TModel> summed, Schema schema, TModel model, Shard shard, Round round)
        where TModel : class
    {
        if (summed is not IHiddenLearner<TModel> learner) return null;
        var run = ShapeRun.Of(learner, model, learner.Featurize(schema, shard).ToBlocks().Select(b => Shape.Of(b, 0)), round);
        return new ContributionProfile(run.Degree, run.Products, run.Comparisons);
    }
}
