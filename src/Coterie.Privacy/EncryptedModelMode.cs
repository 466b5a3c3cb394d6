using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.Keys;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>
/// Training on a model that participants cannot read: it travels encrypted under its owner's Paillier key, and participants compute on it with their
/// clear rows. A learner whose contribution does not depend on the model needs no encryption: one masked sum serves it. One whose contribution is not affine in
/// the model computes it as shares between coordinator and participant, where the coordinator owns the model. Preprocessing is learned by
/// masked sums and opened to everyone, as participants have to apply it.
/// </summary>
public sealed class EncryptedModelMode : IPrivacyMode, IDisposable
{
    /// <summary>Largest result of a stage: what a model of 2^27 parameters takes.</summary>
    private const int MaximumToldBytes = 1 << 30;

    private readonly BroadcastChain _broadcasts = new();
    private readonly SumMode _sums;
    private readonly PaillierKeySize _size;
    private readonly PaillierOptions _computing;
    private OwnerKey? _key;

    /// <summary>The mode with keys of so many bits.</summary>
    /// <param name="keyBits">2048 or 3072.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another size.</exception>
    public EncryptedModelMode(int keyBits = PaillierKeySize.DefaultBits)
        : this(new PaillierKeySize(keyBits, IsInsecure: false))
    {
        if (!PaillierKeySize.IsSafe(keyBits)) throw new ArgumentOutOfRangeException(nameof(keyBits), keyBits, "A model's key has 2048 or 3072 bits.");
    }

    /// <summary>For measurements: with tables that are not read whole.</summary>
    internal EncryptedModelMode(PaillierKeySize size, bool isHardened = true) =>
        (_size, _sums, _computing) = (size, new SumMode(new SecureAggregationSum(), _broadcasts), HiddenSumStep.Computing with { Hardened = isHardened });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The learner is not written as hidden algebra, or the model's owner cannot be another than the coordinator.</exception>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        if (summed is not ILearner) return await OpenedAsync(summed, stage, session, schema, shard, cancellationToken);
        if (summed is not IHiddenLearner<TModel> learner) throw new ArgumentException(SecretSharingMode.NotHidden(summed, ModeCatalogue.EncryptedModel), nameof(summed));
        var degree = HiddenDegree.Of(summed, schema);
        if (degree is null && IsSeparate(session)) throw new ArgumentException(NotAffine(summed), nameof(summed));
        if (degree == 0)
        {
            if (IsSeparate(session)) throw new ArgumentException(ClosedForm(summed), nameof(summed));
            // What depends on rows alone is the same in every round: the first total settles the model.
            Preparation.Refuse(session, SecretSharingMode.SumsOnly(summed));
            return await _sums.TrainAsync(summed, stage with { Stop = new StopRule(Math.Min(1, stage.Stop.Rounds), null) }, session, schema, shard, cancellationToken);
        }
        // At its end a run lets go of the key: who comes back after that has the result, and asks nobody for anything.
        var place = $"{stage.Tag}/over";
        if (await session.Checkpoints.LoadAsync(place, cancellationToken) is { } result)
            return result.IsEmpty ? null : summed.Unpack(schema, BlocksCodec.FromBytes(result.Span, session.Self, stage.Tag));
        _key ??= await OwnerKey.ExchangeAsync(session, _size, _computing, cancellationToken);
        var run = new StageRun<TModel>(summed, stage, session, schema);
        if (degree is not null) Preparation.Refuse(session, $"contributions to {summed.Name} are computed on ciphertexts, without a step between two parties.");
        var model = degree is null ? await TrainAsync(new SharedTraining<TModel>(learner, run, _broadcasts, new ModelProducts(session, _key, stage.Tag).InAsync), session, shard, cancellationToken)
            : IsSeparate(session) ? await TrainAsync(new SeparatelyOwned<TModel>(learner, run, _key, _broadcasts), session, shard, cancellationToken)
            : await TrainAsync(new CoordinatorOwned<TModel>(learner, run, _key, _broadcasts), session, shard, cancellationToken);
        await session.Checkpoints.SaveAsync(place, model is null ? ReadOnlyMemory<byte>.Empty : BlocksCodec.ToBytes(summed.Pack(model)), cancellationToken);
        return model;
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        await OwnerKey.ForgetAsync(session, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private static bool IsSeparate(Session session) => session.Roster.ModelOwner != session.Roster.Coordinator;

    private static async Task<TModel?> TrainAsync<TModel>(CoordinatorOwned<TModel> training, Session session, Shard? shard, CancellationToken cancellationToken) where TModel : class
    {
        if (session.IsCoordinator) return await training.CoordinateAsync(cancellationToken);
        await training.ParticipateAsync(shard, cancellationToken);
        return null;
    }

    private static async Task<TModel?> TrainAsync<TModel>(SharedTraining<TModel> training, Session session, Shard? shard, CancellationToken cancellationToken) where TModel : class
    {
        if (session.IsCoordinator) return await training.CoordinateAsync(cancellationToken);
        await training.ParticipateAsync(shard, cancellationToken);
        return null;
    }

    private static async Task<TModel?> TrainAsync<TModel>(SeparatelyOwned<TModel> training, Session session, Shard? shard, CancellationToken cancellationToken) where TModel : class
    {
        if (session.IsModelOwner) return await training.OwnAsync(cancellationToken);
        await (session.IsCoordinator ? training.CoordinateAsync(cancellationToken) : training.ParticipateAsync(shard, cancellationToken));
        return null;
    }

    /// <summary>A stage whose result everybody gets, a model owner of its own included: the coordinator tells it.</summary>
    private async ValueTask<TModel?> OpenedAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        var step = stage.Tag.Then("model-owner");
        if (session.IsCoordinator)
        {
            var result = await _sums.TrainAsync(summed, stage, session, schema, shard, cancellationToken);
            if (IsSeparate(session)) await session.Channel.SendAsync(session.Roster.ModelOwner, step, BlocksCodec.ToBytes(summed.Pack(result!)), cancellationToken);
            return result;
        }
        if (!session.IsModelOwner) return await _sums.TrainAsync(summed, stage, session, schema, shard, cancellationToken);
        var told = await session.Channel.ReceiveAsync(session.Roster.Coordinator, step, MaximumToldBytes, cancellationToken);
        var blocks = BlocksCodec.FromBytes(told.Span, session.Roster.Coordinator, step);
        session.Transcript.Record(new Opening($"broadcast model of {summed.Name}", session.Self, step, blocks.Values.Sum(v => (long)v.Values.Length), 0));
        return StageRun<TModel>.Unpack(summed, schema, blocks, session.Roster.Coordinator, step);
    }

    /// <summary>Why a learner cannot be trained in this mode; null where it can. Found out on columns made up for it.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="isSeparate">Whether the model's owner is another than the coordinator.</param>
    internal static string? Refusal(ILearner learner, bool isSeparate) => learner.Accept(new RefusalVisitor(isSeparate));

    private static string ClosedForm(ISummed summed) =>
        $"{summed.Name} in closed form would show sums over rows to a party that is to see the final model alone, or no rows at all; with a model owner of its own a learner that descends on the model is accepted (solver: gradient-descent).";

    private static string NotAffine(ISummed summed) =>
        $"{summed.Name} with a model owner of its own cannot be trained in {ModeCatalogue.EncryptedModel}: a contribution would have to be affine in the model, as only sums and products with known numbers can be computed on ciphertexts. Where the coordinator owns the model (no 'model-owner') it is accepted.";

    private sealed class RefusalVisitor(bool isSeparate) : ILearnerVisitor<string?>
    {
        private static readonly Column Made = new("made up") { Minimum = 0, Maximum = 1 };

        public string? Visit<TModel>(ILearner<TModel> learner) where TModel : class
        {
            if (learner is not IHiddenLearner<TModel>) return SecretSharingMode.NotHidden(learner, ModeCatalogue.EncryptedModel);
            if (!isSeparate) return null;
            var target = learner.Task switch
            {
                LearningTask.Clustering => null,
                LearningTask.Regression => Made,
                _ => Made with { Type = ColumnType.Categorical, Values = ["a", "b"] },
            };
            return HiddenDegree.Of(learner, new Schema([Made, Made], target) { TotalRows = 1 << 20, ClassCounts = target is { Values.Length: > 0 } ? [1 << 19, 1 << 19] : [] }) switch
            {
                null => NotAffine(learner),
                0 => ClosedForm(learner),
                _ => null,
            };
        }
    }
}
