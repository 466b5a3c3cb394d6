using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>
/// A learner whose round is matrix algebra, written once over values that may be hidden. Its plain form comes by default from
/// <see cref="PlainArithmetic"/>. Default members are reachable through the interface type only.
/// </summary>
public interface IHiddenLearner<TModel> : ILearner<TModel> where TModel : class
{
    /// <summary>In clear at the owner, from public parameters only.</summary>
    Shard Featurize(Schema schema, Shard shard) => shard;

    /// <summary>
    /// Once per run. <paramref name="rows"/> holds <c>features</c> (n x d), <c>targets</c> (n x 1, where there is a target) and
    /// <c>weights</c> (n x 1, where rows are weighted); the result is the first local state.
    /// </summary>
    ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T> =>
        new(rows);

    /// <summary>The contribution to one round, and the local state after it.</summary>
    ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>;

    /// <summary>The model's blocks after the round.</summary>
    ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>;

    /// <summary>
    /// The blocks, after the last round, that the finished model is read from by <see cref="ISummed{TModel}.Unpack"/>: what is opened where nothing else is. <paramref name="first"/> is the model before the first round.
    /// </summary>
    ImmutableArray<string> Opened(TModel first) => Pack(Finish(first)).Names;

    ILocal<TModel> ISummed<TModel>.Open(Schema schema, Shard shard) => new PlainLocal<TModel>(this, Featurize(schema, shard));

    Step<TModel> ISummed<TModel>.Update(Schema schema, TModel model, Blocks<Matrix> total, Round round) =>
        PlainLocal<TModel>.Update(this, schema, model, total, round);
}
