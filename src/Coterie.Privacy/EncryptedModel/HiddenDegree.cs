using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What a contribution is as a function of the model, found by running the learner on shapes alone: the same at every party.</summary>
internal static class HiddenDegree
{
    /// <summary>
    /// 0 where a contribution depends on rows alone, 1 where it is affine in the model and can be computed on an encrypted one; null where neither holds,
    /// or the learner is not written as hidden algebra.
    /// </summary>
    public static int? Of<TModel>(ISummed<TModel> summed, Schema schema) where TModel : class
    {
        if (summed is not IHiddenLearner<TModel> learner) return null;
        var run = Run(learner, schema);
        if (run.Local.Values.Any(v => v.Degree != 0)) return null;   // it would have to be kept encrypted between rounds
        return run.Degree <= 1 ? run.Degree : null;
    }

    /// <summary>The contribution's blocks by name, with whether each depends on the model.</summary>
    public static IEnumerable<(string Name, bool IsHidden)> BlocksOf<TModel>(IHiddenLearner<TModel> learner, Schema schema) where TModel : class
    {
        var contribution = Run(learner, schema).Contribution;
        return contribution.Names.Zip(contribution.Values, static (name, value) => (name, value.Degree > 0));
    }

    /// <summary>
    /// Rows of zeros, of which a sum over rows is not changed: as many as make every shard longer than wide, so that a contribution's form does not tell
    /// how many rows there are.
    /// </summary>
    public static int LongEnough(Matrix features) => features.Columns + 1;

    private static ShapeRun Run<TModel>(IHiddenLearner<TModel> learner, Schema schema) where TModel : class
    {
        var one = learner.Featurize(schema, new Shard(Matrix.Zero(1, schema.FeatureCount), schema.Target is null ? null : Matrix.Zero(1, 1)));
        var rows = one.ToBlocks().Select(b => Shape.Of(b, 0) with { Rows = LongEnough(one.Features) });
        return ShapeRun.Of(learner, learner.Initialize(schema, 0), rows, new Round(0, Math.Max(1, schema.TotalRows), 1, 0));
    }
}
