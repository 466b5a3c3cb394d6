using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Stages;

/// <summary>
/// A participant's side of a stage: its view of its shard, opened when first needed, and what that remembers. What a round depends on is on the disk
/// before the round begins, under the round, and goes with it: a participant that restarts contributes the same again.
/// </summary>
internal sealed class StageParticipant<TModel>(StageRun<TModel> run, Shard? shard) where TModel : class
{
    private ILocal<TModel>? _local;
    private Blocks<Matrix> _memory = Blocks<Matrix>.Empty;

    /// <summary>Goes on at <paramref name="round"/>, after a restart or at the beginning.</summary>
    public async ValueTask RecallAsync(int round, CancellationToken cancellationToken)
    {
        if (!run.Summed.Remembers || await run.Session.Checkpoints.LoadAsync(StepOf(round).Path, cancellationToken) is not { } saved) return;
        _memory = BlocksCodec.FromBytes(saved.Span, run.Session.Self, StepOf(round));
    }

    /// <summary>What this participant adds; null without rows. In one round the same however often it is asked.</summary>
    public Blocks<Matrix>? Contribute(TModel model, Round round)
    {
        using (run.Session.Times.Measure(run.StepOf(round.Index), Activity.Computing))
        {
            if (shard is null) return null;
            _local ??= run.Summed.Open(run.Schema, shard);
            if (_local is IRemembering remembering) remembering.Memory = _memory;
            return _local.Contribute(model, round);
        }
    }

    /// <summary>
    /// Keeps for the round after <paramref name="round"/>, before that is over. A participant that was not asked, or was not added, goes on with what it
    /// remembered before.
    /// </summary>
    public async ValueTask KeepAsync(int round, bool isAdded, CancellationToken cancellationToken)
    {
        if (!run.Summed.Remembers) return;
        if (isAdded && _local is IRemembering remembering) _memory = remembering.Memory;
        if (_memory.Count > 0) await run.Session.Checkpoints.SaveAsync(StepOf(round + 1).Path, BlocksCodec.ToBytes(_memory), cancellationToken);
    }

    private StepTag StepOf(int round) => run.StepOf(round).Then("memory");
}
