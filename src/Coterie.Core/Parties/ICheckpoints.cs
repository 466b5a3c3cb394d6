namespace Coterie.Core.Parties;

/// <summary>A party's durable state of one run, so that the run can go on after a restart.</summary>
public interface ICheckpoints
{
    /// <summary>Saves durably; replaces what the key held.</summary>
    ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>
    /// Saves durably and, in the same transaction, lets go of what belongs to <paramref name="finished"/>: checkpoints whose key lies within
    /// that step, and messages received for it. A party that restarts from this state asks for none of it again.
    /// </summary>
    ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken);

    /// <summary>What the key holds, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken);
}
