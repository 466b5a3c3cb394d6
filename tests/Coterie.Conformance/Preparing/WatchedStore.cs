using Coterie.Core.Parties;
using Coterie.Federation.RunStore;

namespace Coterie.Conformance.Preparing;

/// <summary>A party's store that a test can look into, and spoil.</summary>
internal sealed class WatchedStore : IRunStore
{
    private readonly Dictionary<string, byte[]> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _claims = new(StringComparer.Ordinal);

    /// <summary>Called before a claim, with its key.</summary>
    public Action<string>? Claiming { get; set; }

    /// <summary>Called before something is saved, with its key.</summary>
    public Action<string>? Saving { get; set; }

    public string[] Keys
    {
        get
        {
            lock (_states) return [.. _states.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public byte[] this[string key]
    {
        get
        {
            lock (_states) return _states[key];
        }
        set
        {
            lock (_states) _states[key] = value;
        }
    }

    public void Remove(Func<string, bool> which)
    {
        lock (_states)
            foreach (var key in _states.Keys.Where(which).ToArray()) _states.Remove(key);
    }

    public void ForgetClaims(string ending)
    {
        lock (_claims)
            foreach (var key in _claims.Keys.Where(k => k.EndsWith(ending, StringComparison.Ordinal)).ToArray()) _claims.Remove(key);
    }

    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        Saving?.Invoke(key);
        this[key] = state.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken)
    {
        Remove(finished.Covers);
        return SaveAsync(key, state, cancellationToken);
    }

    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken)
    {
        lock (_states) return new(_states.TryGetValue(key, out var state) ? state.ToArray() : (ReadOnlyMemory<byte>?)null);
    }

    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        Claiming?.Invoke(key);
        lock (_claims)
        {
            if (_claims.TryAdd(key, digest.ToArray()) || _claims[key].AsSpan().SequenceEqual(digest.Span)) return ValueTask.CompletedTask;
        }
        throw new ProtocolException(ProtocolErrorCode.AlreadyReleased, $"{key} was claimed for something else.", key);
    }
}
