using System.Collections.Concurrent;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Nodes;

/// <summary>A run's store that also keeps what was opened to this party: before anything else is written, so that nothing is learned without trace.</summary>
internal sealed class RecordingStore(SqliteRunStore store, Transcript transcript) : IRunStore
{
    private readonly ConcurrentDictionary<Opening, bool> _kept = new();

    /// <summary>What was opened.</summary>
    public Transcript Transcript => transcript;

    /// <summary>Writes openings that are not on the disk yet.</summary>
    public void Flush()
    {
        foreach (var opening in transcript.Openings)
            if (_kept.TryAdd(opening, true)) store.RecordOpening(opening);
    }

    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        Flush();
        return store.SaveAsync(key, state, cancellationToken);
    }

    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken)
    {
        Flush();
        return store.SaveAsync(key, state, finished, cancellationToken);
    }

    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken) => store.LoadAsync(key, cancellationToken);

    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        Flush();
        return store.ClaimAsync(key, digest, cancellationToken);
    }
}
