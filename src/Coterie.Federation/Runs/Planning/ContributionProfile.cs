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
    internal static async Task<ContributionProfile?> OfAsync<TModel>(
        ISummed<TModel> summed, Schema schema, TModel model, Shard shard, Round round, CancellationToken cancellationToken)
        where TModel : class
    {
        if (summed is not IHiddenLearner<TModel> learner) return null;
        var math = new ShapeArithmetic();
        var rows = learner.Featurize(schema, shard).ToBlocks().Select(m => new Shape(m.Rows, m.Columns, 0));
        var local = await learner.PrepareAsync(math, rows, cancellationToken);
        var parameters = learner.Pack(model).Select(m => new Shape(m.Rows, m.Columns, 1));
        var (contribution, _) = await learner.ContributeAsync(math, parameters, local, round, cancellationToken);
        var degree = contribution.Values.Max(v => v.Degree);
        return new ContributionProfile(degree == Shape.NotPolynomial ? null : degree, math.Products, math.Comparisons);
    }
}
