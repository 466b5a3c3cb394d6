namespace Coterie.Core.Parties;

/// <summary>A party's durable state of one run, so that the run can go on after a restart.</summary>
public interface ICheckpoints
{
    /// <summary>Saves durably; replaces what the key held.</summary>
    ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>What the key holds, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken);
}
