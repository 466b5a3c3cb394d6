using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Privacy.EncryptedData;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>
/// Training on rows that the coordinator does not see, together with a helper: participants split their rows, or what follows from them alone, into additive shares for the two, who compute every
/// round on shares of data and model; only the final model is opened, to the coordinator. Preprocessing is learned by masked sums and opened to everyone, as participants have to apply it.
/// </summary>
public sealed class EncryptedDataMode : IPrivacyMode
{
    /// <summary>Largest result of a stage: what a model of 2^27 parameters takes.</summary>
    private const int MaximumToldBytes = 1 << 30;

    private readonly BroadcastChain _broadcasts = new();
    private readonly SumMode _sums;

    /// <summary>The mode.</summary>
    public EncryptedDataMode() => _sums = new SumMode(new SecureAggregationSum(), _broadcasts);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The learner is not written as hidden algebra, there is no helper, or the stage stops by a tolerance.</exception>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        if (session.Roster.Helper is null)
            throw new ProtocolException(ProtocolErrorCode.RosterMismatch, $"The roster of {session.Roster.RunId} has no helper, or several; the mode {ModeCatalogue.EncryptedData} needs one.", stage.Tag.Path);
        if (summed is not ILearner) return await OpenedAsync(summed, stage, session, schema, shard, cancellationToken);
        if (summed is not IHiddenLearner<TModel> learner) throw new ArgumentException(NotHidden(summed), nameof(summed));
        if (stage.Stop.Tolerance is not null) throw new ArgumentException(NoTolerance, nameof(stage));
        var training = new DataTraining<TModel>(learner, new StageRun<TModel>(summed, stage, session, schema), _broadcasts);
        if (session.IsCoordinator) return await training.CoordinateAsync(cancellationToken);
        await (session.Self == session.Roster.Helper ? training.HelpAsync(cancellationToken) : training.ParticipateAsync(shard, cancellationToken));
        return null;
    }

    /// <summary>A stage whose result everybody gets: the coordinator tells the helper, which has no part in its sums.</summary>
    private async ValueTask<TModel?> OpenedAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        var step = stage.Tag.Then("helper");
        // A stage without rounds gives everybody the same without a word.
        if (stage.Stop.Rounds == 0 || (session.Self != session.Roster.Helper && !session.IsCoordinator)) return await _sums.TrainAsync(summed, stage, session, schema, shard, cancellationToken);
        if (session.IsCoordinator)
        {
            var result = await _sums.TrainAsync(summed, stage, session, schema, shard, cancellationToken);
            await session.Channel.SendAsync(session.Roster.Helper!.Value, step, BlocksCodec.ToBytes(summed.Pack(result!)), cancellationToken);
            return result;
        }
        var told = await session.Channel.ReceiveAsync(session.Roster.Coordinator, step, MaximumToldBytes, cancellationToken);
        var blocks = BlocksCodec.FromBytes(told.Span, session.Roster.Coordinator, step);
        session.Transcript.Record(new Opening($"broadcast model of {summed.Name}", session.Self, step, blocks.Values.Sum(v => (long)v.Values.Length), 0));
        return StageRun<TModel>.Unpack(summed, schema, blocks, session.Roster.Coordinator, step);
    }

    /// <summary>Why a learner cannot be trained in this mode; null where it can.</summary>
    internal static string? Refusal(ILearner learner) => learner.Accept(new HiddenVisitor()) ? null : NotHidden(learner);

    /// <summary>Why a tolerance is refused.</summary>
    internal const string NoTolerance = "in the mode encrypted-data nobody sees how far a step goes; a number of rounds is accepted";

    private static string NotHidden(ISummed summed) =>
        $"{summed.Name}, as it is set here, cannot be trained in {ModeCatalogue.EncryptedData}: it computes on rows and model in clear. Solvers that run on hidden values are closed-form, bound, gradient-descent and subgradient, and the scheme gradient-descent, where a learner has them.";

    private sealed class HiddenVisitor : ILearnerVisitor<bool>
    {
        public bool Visit<TModel>(ILearner<TModel> learner) where TModel : class => learner is IHiddenLearner<TModel>;
    }
}
