using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy;

/// <summary>
/// Training in tier A: participants contribute at the broadcast model, an <see cref="ISecureSum"/> adds, the coordinator updates
/// and broadcasts. The coordinator learns every total and the model, participants every broadcast model; single contributions
/// are the sum's business.
/// </summary>
/// <remarks>
/// Steps of a stage, per round: the sum, and <c>next</c> (the model, or the end). Everybody derives the first model alone. A sum is bound to all
/// broadcasts before it, of earlier stages too: what preprocessing opened decides over contributions as much as the model does. Every party saves
/// its position after every round, the coordinator before it tells anyone, and goes on from there after a restart; within the round it goes through
/// the same messages again (see <see cref="IChannel"/>).
/// </remarks>
public sealed class SumMode(ISecureSum sum) : IPrivacyMode
{
    /// <summary>Largest broadcast accepted: what a model of 2^27 parameters takes.</summary>
    private const int MaximumBroadcastBytes = 1 << 30;

    /// <summary>Hash chain over every broadcast of the run so far, in the order of their steps.</summary>
    private byte[] _broadcasts = new byte[SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public async ValueTask<TModel?> TrainAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        ArgumentNullException.ThrowIfNull(summed);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(session);
        return session.IsCoordinator
            ? await CoordinateAsync(summed, stage, session, schema, cancellationToken)
            : await ParticipateAsync(summed, stage, session, schema, shard, cancellationToken);
    }

    private async Task<TModel> CoordinateAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, CancellationToken cancellationToken)
        where TModel : class
    {
        var state = await BeginAsync(summed, stage, session, schema, cancellationToken);
        // It may have stopped between saving and telling.
        if (state.Round > 0) await TellAsync(session, stage.Tag.Then(state.Round - 1).Then("next"), Told(state, stage), cancellationToken);
        while (!state.Done)
        {
            var round = RoundOf(session, schema, stage, state.Round);
            var model = summed.Unpack(schema, state.Model);
            var request = new SumRequest(stage.Tag.Then(state.Round), summed.Layout(schema, model, round), round, BindingOf(state.Model));
            SumOutcome outcome;
            using (session.Times.Measure(request.Step, Activity.Summing)) outcome = await sum.SumAsync(session, request, null, cancellationToken);
            Step<TModel> step;
            using (session.Times.Measure(request.Step, Activity.Computing)) step = summed.Update(schema, model, outcome.Total!, round);
            var done = step.Done || state.Round + 1 >= stage.Stop.Rounds || (stage.Stop.Tolerance is { } tolerance && step.Change <= tolerance);
            state = new Position(state.Round + 1, done, summed.Pack(done ? summed.Finish(step.Model) : step.Model));
            session.Transcript.Record(new Opening($"sum of contributions to {summed.Name}", session.Self, request.Step, request.Length, outcome.Survivors.Length));
            session.Progress?.Report(new RunProgress(summed.Name, request.Step, round.Index, stage.Stop.Rounds, step.Loss, step.Change, outcome.Survivors.Length));
            var told = Told(state, stage);
            Chain(request.Step.Then("next"), told.ToBytes());
            await SaveAsync(session, stage, state, request.Step, cancellationToken);
            await TellAsync(session, request.Step.Then("next"), told, cancellationToken);
        }
        return summed.Unpack(schema, state.Model);
    }

    private async Task<TModel?> ParticipateAsync<TModel>(
        ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, Shard? shard, CancellationToken cancellationToken)
        where TModel : class
    {
        var state = await BeginAsync(summed, stage, session, schema, cancellationToken);
        ILocal<TModel>? local = null;
        while (!state.Done)
        {
            if (state.Round >= stage.Stop.Rounds)
                throw new ProtocolException(
                    ProtocolErrorCode.Inconsistent, $"The coordinator asks for round {state.Round + 1} of {stage.Tag}; {stage.Stop.Rounds} were agreed.", stage.Tag.Path, session.Roster.Coordinator);
            var round = RoundOf(session, schema, stage, state.Round);
            var model = Unpack(summed, session, schema, state.Model, stage.Tag);
            var request = new SumRequest(stage.Tag.Then(state.Round), summed.Layout(schema, model, round), round, BindingOf(state.Model));
            Blocks<Matrix>? mine = null;
            using (session.Times.Measure(request.Step, Activity.Computing))
            {
                if (shard is not null) mine = (local ??= summed.Open(schema, shard)).Contribute(model, round);
            }
            using (session.Times.Measure(request.Step, Activity.Summing)) await sum.SumAsync(session, request, mine, cancellationToken);
            var next = await HearAsync(session, request.Step.Then("next"), cancellationToken);
            if (next.Round != state.Round + 1)
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator went from round {state.Round} to {next.Round}.", request.Step.Path, session.Roster.Coordinator);
            if (next.Model.Count > 0)
                session.Transcript.Record(new Opening($"broadcast model of {summed.Name}", session.Self, request.Step.Then("next"), next.Model.Values.Sum(v => (long)v.Values.Length), 0));
            state = next;
            await SaveAsync(session, stage, state, request.Step, cancellationToken);
        }
        return state.Model.Count > 0 || stage.ModelTo == ModelAudience.Everyone ? Unpack(summed, session, schema, state.Model, stage.Tag) : null;
    }

    /// <summary>Where this party stopped in the stage, or its beginning.</summary>
    private async Task<Position> BeginAsync<TModel>(ISummed<TModel> summed, TrainingStage stage, Session session, Schema schema, CancellationToken cancellationToken)
        where TModel : class
    {
        if (await session.Checkpoints.LoadAsync(CheckpointKey(stage), cancellationToken) is not { } saved)
            return new Position(0, stage.Stop.Rounds == 0, summed.Pack(summed.Initialize(schema, stage.Seed)));
        _broadcasts = saved[..SHA256.HashSizeInBytes].ToArray();
        return Position.Read(saved.Span[SHA256.HashSizeInBytes..], session.Self, stage.Tag);
    }

    /// <summary>The position and what it was reached by, on the disk; the messages of the round are not needed any more.</summary>
    private ValueTask SaveAsync(Session session, TrainingStage stage, Position position, StepTag round, CancellationToken cancellationToken) =>
        session.Checkpoints.SaveAsync(CheckpointKey(stage), (byte[])[.. _broadcasts, .. position.ToBytes()], round, cancellationToken);

    /// <summary>The last model goes to the participants only where it is theirs to know.</summary>
    private static Position Told(Position state, TrainingStage stage) =>
        state.Done && stage.ModelTo == ModelAudience.Owner ? state with { Model = Blocks<Matrix>.Empty } : state;

    /// <summary>Tells every participant that can be reached; who cannot has dropped out and is no reason to stop.</summary>
    private async Task TellAsync(Session session, StepTag step, Position position, CancellationToken cancellationToken)
    {
        var bytes = position.ToBytes();
        foreach (var participant in session.Roster.Participants)
            await session.Channel.TrySendAsync(participant, step, bytes, cancellationToken);
    }

    private async Task<Position> HearAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        var coordinator = session.Roster.Coordinator;
        var bytes = await session.Channel.ReceiveAsync(coordinator, step, MaximumBroadcastBytes, cancellationToken);
        Chain(step, bytes.Span);
        return Position.Read(bytes.Span, coordinator, step);
    }

    private void Chain(StepTag step, ReadOnlySpan<byte> broadcast)
    {
        var writer = new WireWriter();
        writer.WriteBytes(_broadcasts);
        writer.WriteText(step.Path);
        writer.WriteBytes(SHA256.HashData(broadcast));
        _broadcasts = SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>What a sum's masks and signatures are bound to: every broadcast so far, and the model, which in a first round nobody sent.</summary>
    private byte[] BindingOf(Blocks<Matrix> model) => SHA256.HashData([.. _broadcasts, .. BlocksCodec.Hash(model)]);

    /// <summary>A broadcast that is no model of this kind is the coordinator's doing.</summary>
    private static TModel Unpack<TModel>(ISummed<TModel> summed, Session session, Schema schema, Blocks<Matrix> model, StepTag step) where TModel : class
    {
        try
        {
            return summed.Unpack(schema, model);
        }
        catch (Exception refused) when (refused is ArgumentException or KeyNotFoundException)
        {
            throw new ProtocolException(
                ProtocolErrorCode.MalformedMessage, $"The coordinator broadcast what is no model of {summed.Name}: {refused.Message}", step.Path, session.Roster.Coordinator);
        }
    }

    private static Round RoundOf(Session session, Schema schema, TrainingStage stage, int index) =>
        new(index, schema.TotalRows, session.Roster.Participants.Length, stage.Seed);

    private static string CheckpointKey(TrainingStage stage) => $"{stage.Tag}/position";

    /// <summary>Where a stage stands: broadcast and checkpoint.</summary>
    private sealed record Position(int Round, bool Done, Blocks<Matrix> Model)
    {
        public byte[] ToBytes()
        {
            var writer = new WireWriter();
            writer.WriteInt32(Round);
            writer.WriteByte(Done ? (byte)1 : (byte)0);
            BlocksCodec.Write(writer, Model);
            return writer.ToArray();
        }

        public static Position Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
        {
            var reader = new WireReader(bytes, sender, step);
            var round = reader.ReadInt32(0, int.MaxValue);
            var done = reader.ReadByte() switch { 0 => false, 1 => true, _ => throw reader.Malformed("neither done nor not done") };
            var model = BlocksCodec.Read(ref reader);
            reader.End();
            return new Position(round, done, model);
        }
    }
}
