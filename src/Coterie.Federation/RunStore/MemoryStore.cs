using System.Collections.Concurrent;
using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>Checkpoints and once-only claims that live as long as the object: for runs that are not resumed, and for tests.</summary>
public sealed class MemoryStore : IRunStore
{
    private readonly ConcurrentDictionary<string, byte[]> _states = new();
    private readonly ConcurrentDictionary<string, byte[]> _claims = new();

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        _states[key] = state.ToArray();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken)
    {
        foreach (var old in _states.Keys.Where(finished.Covers)) _states.TryRemove(old, out _);
        return SaveAsync(key, state, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken) =>
        new(_states.TryGetValue(key, out var state) ? state : (ReadOnlyMemory<byte>?)null);

    /// <inheritdoc/>
    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        var claimed = _claims.GetOrAdd(key, digest.ToArray());
        return claimed.AsSpan().SequenceEqual(digest.Span) ? ValueTask.CompletedTask : throw ClaimErrors.AlreadyReleased(key);
    }
}
