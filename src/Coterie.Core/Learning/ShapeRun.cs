using Coterie.Core.Arithmetic;

namespace Coterie.Core.Learning;

/// <summary>
/// One contribution of a hidden learner, computed on shapes alone: how it depends on the model, and what hidden arithmetic it takes. No data are
/// read, so that every party finds the same.
/// </summary>
/// <param name="Contribution">Shapes and degrees of the contribution's blocks.</param>
/// <param name="Local">Shapes and degrees of the local state after it.</param>
/// <param name="Products">Scalar products, preparation included.</param>
/// <param name="Comparisons">Comparisons, preparation included.</param>
public sealed record ShapeRun(Blocks<Shape> Contribution, Blocks<Shape> Local, long Products, long Comparisons)
{
    /// <summary>Degree of the contribution in the model's parameters; 0: it depends on the rows only; null: it is no polynomial.</summary>
    public int? Degree => Contribution.Values.Max(v => v.Degree) is not Shape.NotPolynomial and var degree ? degree : null;

    /// <summary>Runs <paramref name="learner"/> with <paramref name="model"/> on rows of given shapes.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="model">A model, of which only the shapes matter.</param>
    /// <param name="rows">What the learner prepares from, by <see cref="IHiddenLearner{TModel}.Featurize"/> and <see cref="ShardBlocks.ToBlocks"/>; of degree 0.</param>
    /// <param name="round">The round's public facts.</param>
    /// <exception cref="InvalidOperationException">The learner waits on something of its own.</exception>
    public static ShapeRun Of<TModel>(IHiddenLearner<TModel> learner, TModel model, Blocks<Shape> rows, Round round) where TModel : class
    {
        ArgumentNullException.ThrowIfNull(learner);
        var math = new ShapeArithmetic();
        var local = AtOnce.Of(learner.PrepareAsync(math, rows, CancellationToken.None));
        var parameters = learner.Pack(model).Select(b => Shape.Of(b, degree: 1));
        var (contribution, after) = AtOnce.Of(learner.ContributeAsync(math, parameters, local, round, CancellationToken.None));
        return new ShapeRun(contribution, after, math.Products, math.Comparisons);
    }
}
