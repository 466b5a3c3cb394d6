using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy;

/// <summary>
/// Training on a model that participants do not see, without encryption of data: the coordinator, which owns the model, and each participant compute shares of its contribution, products by oblivious
/// transfer and everything else by garbled circuits; only the sum over participants is opened. A learner whose contribution does not depend on the model needs one masked sum.
/// Preprocessing is learned by masked sums and opened to everyone, as participants have to apply it.
/// </summary>
public sealed class SecretSharingMode : IPrivacyMode
{
    private readonly BroadcastChain _broadcasts = new();
    private readonly SumMode _sums;

    /// <summary>The mode.</summary>
    public SecretSharingMode() => _sums = new SumMode(new SecureAggregationSum(), _broadcasts);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The learner is not written as hidden algebra.</exception>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        if (summed is not ILearner) return await _sums.TrainAsync(summed, stage, session, schema, shard, cancellationToken);
        if (summed is not IHiddenLearner<TModel> learner) throw new ArgumentException(NotHidden(summed, ModeCatalogue.SecretSharing), nameof(summed));
        // What depends on rows alone is the same in every round: the first total settles the model.
        if (HiddenDegree.Of(summed, schema) == 0)
            return await _sums.TrainAsync(summed, stage with { Stop = new StopRule(Math.Min(1, stage.Stop.Rounds), null) }, session, schema, shard, cancellationToken);
        var training = new SharedTraining<TModel>(learner, new StageRun<TModel>(summed, stage, session, schema), _broadcasts, static (_, _) => new(ProductsByTransfers.Instance));
        if (session.IsCoordinator) return await training.CoordinateAsync(cancellationToken);
        await training.ParticipateAsync(shard, cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(Session session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Why a learner cannot be trained in this mode; null where it can.</summary>
    internal static string? Refusal(ILearner learner) => learner.Accept(new HiddenVisitor()) ? null : NotHidden(learner, ModeCatalogue.SecretSharing);

    /// <summary>Why a learner cannot be trained where values are hidden.</summary>
    internal static string NotHidden(ISummed summed, string mode) =>
        $"{summed.Name}, as it is set here, cannot be trained in {mode}: it computes on rows and model in clear. Solvers that run on hidden values are bound, gradient-descent and subgradient, and the scheme gradient-descent, where a learner has them.";

    private sealed class HiddenVisitor : ILearnerVisitor<bool>
    {
        public bool Visit<TModel>(ILearner<TModel> learner) where TModel : class => learner is IHiddenLearner<TModel>;
    }
}
