using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>A party's durable state in one folder that only its owner can read: runs, messages, checkpoints, and what was released.</summary>
public sealed class NodeStore : IDisposable
{
    private NodeStore(string folder, TimeProvider time) => (Folder, Time) = (folder, time);

    internal TimeProvider Time { get; }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Opens the folder, creating it when it is absent, and keeps every other process out of it until disposed.</summary>
    /// <exception cref="StoreException">The folder is in use, damaged, or was written by a newer version.</exception>
    public static NodeStore Open(string folder, TimeProvider? time = null) => new(folder, time ?? TimeProvider.System);

    /// <summary>All runs this party knows, oldest first.</summary>
    public IReadOnlyList<RunRecord> Runs() => throw new NotSupportedException(Folder);

    /// <summary>The run of that name, or null.</summary>
    public RunRecord? Find(string run) => throw new NotSupportedException(Folder);

    /// <summary>Saves durably; replaces what was kept about that run.</summary>
    public ValueTask SaveAsync(RunRecord record, CancellationToken cancellationToken) => throw new NotSupportedException(Folder);

    /// <summary>The run's durable state; a run nobody saved a record of begins one in state <see cref="RunState.Running"/>.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: the state is older than what this party has released in the run.</exception>
    public SqliteRunStore OpenRun(string run) => throw new NotSupportedException(Folder);

    /// <summary>Removes a run's messages and checkpoints. Its record, history, openings and claims stay.</summary>
    public ValueTask ForgetAsync(string run, CancellationToken cancellationToken) => throw new NotSupportedException(Folder);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
