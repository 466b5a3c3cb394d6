using Coterie.Core.Parties;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>What is made of fresh randomness and then sent: on the disk before it leaves, so that a party that restarts goes on with the same.</summary>
internal static class DurableBytes
{
    /// <summary>What was made for a step before, or what <paramref name="make"/> makes now. It goes when the step is finished.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> OnceAsync(Session session, StepTag step, Func<byte[]> make, CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(step.Path, cancellationToken) is { } saved) return saved;
        var made = make();
        await session.Checkpoints.SaveAsync(step.Path, made, cancellationToken);
        return made;
    }
}
