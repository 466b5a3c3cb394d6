using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.Stages;

namespace Coterie.Privacy;

/// <summary>
/// Training in tier A with the model hidden from the coordinator: participants contribute at a model they all hold, an <see cref="IHiddenSum"/> adds and
/// opens the total to them alone, and each moves the model itself. <see cref="ISummed{TModel}.Update"/> is pure, so their models stay equal.
/// The coordinator learns who is added, when a stage ends and how long contributions are; participants learn every total and the model.
/// </summary>
/// <remarks>
/// Steps of a stage, per round: <see cref="StandingStep"/>, then the sum. After the last round the standings are compared once more, so that nobody takes a
/// model for final that most do not hold. Sums are bound to everything the coordinator has told everybody, and group masks to the model. Every party saves
/// its position after every round and goes on from there; within the round it goes through the same messages again (see <see cref="IChannel"/>).
/// </remarks>
public sealed class HiddenSumMode(IHiddenSum sum) : IPrivacyMode, IDisposable
{
    private readonly BroadcastChain _broadcasts = new();
    private bool _agreed;

    /// <inheritdoc/>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        if (session.IsParticipant) return await ParticipateAsync(new StageRun<TModel>(summed, stage, session, schema), shard, cancellationToken);
        if (session.IsCoordinator) await CoordinateAsync(summed.Name, stage, session, cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(Session session, CancellationToken cancellationToken) => sum.ForgetAsync(session, cancellationToken);

    /// <summary>Forgets what participants share.</summary>
    public void Dispose() => sum.Dispose();

    private async Task CoordinateAsync(string name, TrainingStage stage, Session session, CancellationToken cancellationToken)
    {
        var (state, isOver) = await BeginAsync(stage, session, () => new Position(0, Done: false, Blocks<Matrix>.Empty), cancellationToken);
        while (!isOver)
        {
            var step = stage.Tag.Then(state.Round);
            Standing standing;
            using (session.Times.Measure(step, Activity.Summing)) standing = await StandingStep.CoordinateAsync(session, sum, step, _broadcasts.Value, cancellationToken);
            session.Transcript.Record(new Opening($"whether {name} goes on, and the length of its next contribution", session.Self, step, 2, 0));
            isOver = standing.Done;
            if (!isOver)
            {
                if (state.Round >= stage.Stop.Rounds)
                    throw new ProtocolException(
                        ProtocolErrorCode.Inconsistent, $"The participants ask for round {state.Round + 1} of {stage.Tag}; {stage.Stop.Rounds} were agreed.", step.Path, [.. session.Roster.Participants]);
                await AddAsync(name, stage, session, state.Round, standing.Length, cancellationToken);
                state = state with { Round = state.Round + 1 };
            }
            await SaveAsync(stage, session, state, isOver, step, cancellationToken);
        }
    }

    /// <summary>One sum that this coordinator routes and cannot read.</summary>
    private async Task AddAsync(string name, TrainingStage stage, Session session, int index, int length, CancellationToken cancellationToken)
    {
        var round = new Round(index, 0, session.Roster.Participants.Length, stage.Seed);
        var request = new SumRequest(stage.Tag.Then(index), [new BlockSpec("contribution", 1, length, 1)], round, _broadcasts.Value);
        SumOutcome outcome;
        using (session.Times.Measure(request.Step, Activity.Summing)) outcome = await sum.SumAsync(session, request, null, cancellationToken);
        _broadcasts.Add(request.Step, outcome.Broadcast.Span);
        session.Progress?.Report(new RunProgress(name, request.Step, index, stage.Stop.Rounds, null, double.NaN, outcome.Survivors.Length));
    }

    private async Task<TModel> ParticipateAsync<TModel>(StageRun<TModel> run, Shard? shard, CancellationToken cancellationToken) where TModel : class
    {
        var (summed, stage, session, schema) = run;
        var (state, isOver) = await BeginAsync(stage, session, () => run.First, cancellationToken);
        var participant = new StageParticipant<TModel>(run, shard);
        await participant.RecallAsync(state.Round, cancellationToken);
        while (!isOver)
        {
            var round = run.RoundOf(state.Round);
            var model = summed.Unpack(schema, state.Model);
            var request = new SumRequest(run.StepOf(state.Round), state.Done ? [] : summed.Layout(schema, model, round), round, _broadcasts.Value);
            request = request with { Hidden = HiddenOf(state.Model, request) };
            using (session.Times.Measure(request.Step, Activity.Summing))
                await StandingStep.ParticipateAsync(session, sum, request.Step, request.ModelHash, new Standing(state.Done, request.Length), request.Hidden, cancellationToken);
            isOver = state.Done;
            if (!isOver)
            {
                var mine = participant.Contribute(model, round);
                SumOutcome outcome;
                using (session.Times.Measure(request.Step, Activity.Summing)) outcome = await sum.SumAsync(session, request, mine, cancellationToken);
                var step = run.Update(model, outcome.Total ?? throw TooLate(session, request.Step), round);
                _broadcasts.Add(request.Step, outcome.Broadcast.Span);
                run.Record(request, outcome);
                run.Report(round, step, outcome);
                state = run.After(round.Index, step);
                if (!state.Done) await participant.KeepAsync(round.Index, outcome.Survivors.Contains(session.Self), cancellationToken);
            }
            await SaveAsync(stage, session, state, isOver, request.Step, cancellationToken);
        }
        return summed.Unpack(schema, state.Model);
    }

    /// <summary>Where this party stopped in the stage, or its beginning. What participants share is agreed before the first round that anybody takes.</summary>
    private async Task<(Position State, bool IsOver)> BeginAsync(TrainingStage stage, Session session, Func<Position> first, CancellationToken cancellationToken)
    {
        var saved = await new StageCheckpoint(session, stage, _broadcasts).LoadAsync(cancellationToken);
        if (saved is { } over && over.Span[0] == 1) return (Read(over), true);
        // A stage of no rounds has nothing to tell anybody.
        if (stage.Stop.Rounds == 0) return (first(), true);
        if (!_agreed)
        {
            var agreed = await sum.AgreeAsync(session, cancellationToken) ?? throw TooLate(session, stage.Tag);
            // Later stages go on from a chain that has it.
            if (_broadcasts.IsEmpty) _broadcasts.Add(new StepTag(session.Roster.RunId), agreed);
            _agreed = true;
        }
        return (saved is { } unfinished ? Read(unfinished) : first(), false);

        Position Read(ReadOnlyMemory<byte> bytes) => Position.Read(bytes.Span[1..], session.Self, stage.Tag);
    }

    private ValueTask SaveAsync(TrainingStage stage, Session session, Position position, bool isOver, StepTag round, CancellationToken cancellationToken) =>
        new StageCheckpoint(session, stage, _broadcasts).SaveAsync((byte[])[isOver ? (byte)1 : (byte)0, .. position.ToBytes()], round, cancellationToken);

    /// <summary>SHA-256 over the model and the layout of what answers it.</summary>
    private static byte[] HiddenOf(Blocks<Matrix> model, SumRequest request)
    {
        var writer = new WireWriter();
        writer.WriteBytes(BlocksCodec.Hash(model));
        foreach (var spec in request.Layout)
        {
            writer.WriteText(spec.Name);
            writer.WriteInt32(spec.Rows);
            writer.WriteInt32(spec.Columns);
            writer.WriteDouble(spec.Bound);
        }
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    private static PeerUnavailableException TooLate(Session session, StepTag step) =>
        new(session.Roster.Coordinator, step, "this participant came too late for the agreement of the participants' key, and cannot take part in this run");
}
