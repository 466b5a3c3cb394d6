using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>A shard's view that keeps nothing between rounds.</summary>
internal sealed class StatelessLocal<TModel>(Func<TModel, Round, Blocks<Matrix>> contribute) : ILocal<TModel> where TModel : class
{
    public Blocks<Matrix> Contribute(TModel model, Round round) => contribute(model, round);
}
