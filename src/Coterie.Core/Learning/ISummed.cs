using System.Collections.Immutable;
using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>Something learned by sums, without its model's type.</summary>
public interface ISummed
{
    /// <summary>The name in task files.</summary>
    string Name { get; }

    /// <summary>
    /// The algorithm and all its hyper-parameters on one line, the same at every party that means the same: what the parties of a run sign.
    /// </summary>
    string Terms { get; }

    /// <summary>When training ends unless the task says otherwise. Zero rounds: <see cref="ISummed{TModel}.Initialize"/> is the result and nothing is contributed.</summary>
    StopRule DefaultStop { get; }

    /// <summary>
    /// Whether a step by some of the participants leads to the same model as one by all: it is a mean over rows of what changes with every model. A contribution that
    /// follows from rows and few numbers could be solved for from sums over changing sets.
    /// </summary>
    bool ToleratesSampling => false;

    /// <summary>Whether what is laid out, and how many rounds there are, follows from what was learned: what a run sends is then known by training, not from the first rounds.</summary>
    bool ShapesFollowRows => false;

    /// <summary>Whether views of shards are <see cref="IRemembering"/>. Participants are then told after every round whose contributions were added.</summary>
    bool Remembers => false;
}

/// <summary>
/// Something that moves by adding one vector per participant: a learner or a preprocessor. Hyper-parameters belong to it, data to
/// the methods; there is no privacy code in it and no way to open a hidden value. All methods but those of <see cref="Open"/>'s
/// result are public functions: every party computes the same.
/// </summary>
/// <typeparam name="TModel">An immutable record.</typeparam>
public interface ISummed<TModel> : ISummed where TModel : class
{
    /// <summary>The model before the first round.</summary>
    TModel Initialize(Schema schema, ulong seed);

    /// <summary>The model's parameters as named blocks: broadcast, checkpoint, hash and <c>model.json</c>.</summary>
    Blocks<Matrix> Pack(TModel model);

    /// <summary>A model from its blocks.</summary>
    /// <exception cref="ArgumentException">A block is missing or has another shape than the schema asks for.</exception>
    TModel Unpack(Schema schema, Blocks<Matrix> parameters);

    /// <summary>Shapes and ranges of the next contribution.</summary>
    ImmutableArray<BlockSpec> Layout(Schema schema, TModel model, Round round);

    /// <summary>A participant's own view of its shard, with caches that never leave.</summary>
    ILocal<TModel> Open(Schema schema, Shard shard);

    /// <summary>Moves the model by the sum of the contributions; pure.</summary>
    Step<TModel> Update(Schema schema, TModel model, Blocks<Matrix> total, Round round);

    /// <summary>
    /// Of <see cref="Pack"/>'s blocks those that contributing takes: what is told to participants where somebody else moves the model. <see cref="Layout"/> depends on no other.
    /// </summary>
    Blocks<Matrix> Told(Blocks<Matrix> parameters) => parameters;

    /// <summary>The model once training has ended, for whatever reason: without what only further rounds would need.</summary>
    TModel Finish(TModel model) => model;
}

/// <summary>
/// A participant's view of its shard during a run. What it keeps between rounds are caches: a participant that restarts opens its shard anew
/// and contributes to a later round the same as if it had never stopped. What is more than a cache, an <see cref="IRemembering"/> view hands out.
/// </summary>
public interface ILocal<in TModel> where TModel : class
{
    /// <summary>What this shard adds in <paramref name="round"/> at <paramref name="model"/>; blocks as laid out.</summary>
    Blocks<Matrix> Contribute(TModel model, Round round);
}
