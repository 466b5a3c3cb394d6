using Coterie.Core.Modes;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Stages;

/// <summary>Where a party stands in a stage, on its disk, together with the chain of what it was told up to there.</summary>
internal sealed class StageCheckpoint(Session session, TrainingStage stage, BroadcastChain broadcasts)
{
    private string Key => $"{stage.Tag}/position";

    /// <summary>What was saved last, with the chain brought back to it; null at the beginning.</summary>
    public async Task<ReadOnlyMemory<byte>?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(Key, cancellationToken) is not { } saved) return null;
        broadcasts.Restore(saved.Span[..BroadcastChain.Length]);
        return saved[BroadcastChain.Length..];
    }

    /// <summary>Saves a position and what it was reached by; the messages of the step that is finished are not needed any more.</summary>
    public ValueTask SaveAsync(ReadOnlySpan<byte> position, StepTag finished, CancellationToken cancellationToken) =>
        session.Checkpoints.SaveAsync(Key, (byte[])[.. broadcasts.Value.Span, .. position], finished, cancellationToken);
}
