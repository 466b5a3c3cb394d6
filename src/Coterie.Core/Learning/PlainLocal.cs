using System.Numerics.Tensors;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>Runs a hidden learner's algebra on plain numbers: tier A is tier B in clear.</summary>
internal sealed class PlainLocal<TModel> : ILocal<TModel> where TModel : class
{
    private readonly IHiddenLearner<TModel> _learner;
    private Blocks<Matrix> _local;

    public PlainLocal(IHiddenLearner<TModel> learner, Shard shard)
    {
        _learner = learner;
        _local = AtOnce.Of(learner.PrepareAsync(PlainArithmetic.Instance, shard.ToBlocks(), CancellationToken.None));
    }

    public Blocks<Matrix> Contribute(TModel model, Round round)
    {
        var (contribution, local) = AtOnce.Of(_learner.ContributeAsync(PlainArithmetic.Instance, _learner.Pack(model), _local, round, CancellationToken.None));
        _local = local;
        return contribution;
    }

    public static Step<TModel> Update(IHiddenLearner<TModel> learner, Schema schema, TModel model, Blocks<Matrix> total, Round round)
    {
        var before = learner.Pack(model);
        var after = AtOnce.Of(learner.UpdateAsync(PlainArithmetic.Instance, before, total, round, CancellationToken.None));
        double step = 0, length = 0;
        var told = learner.Told(after);
        foreach (var (name, value) in told.Names.Zip(told.Values))
        {
            step += TensorPrimitives.SumOfSquares((value - before[name]).Values);
            length += TensorPrimitives.SumOfSquares(value.Values);
        }
        return new Step<TModel>(learner.Unpack(schema, after), Done: false, Math.Sqrt(step) / Math.Max(1, Math.Sqrt(length)));
    }
}
