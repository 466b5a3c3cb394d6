using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Encryptions of zero made ahead, while there is time: encrypting with one costs two products. Each is given out once, whoever asks at the same
/// time; what was not is zeroed on disposal. It is kept in memory only, for noise that is read again from a disk would be used twice. Thread-safe.
/// </summary>
public sealed class PaillierNoisePool : IDisposable
{
    private readonly PaillierSecretKey? _owner;
    private readonly PaillierOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<ulong[]> _entries = new();
    private bool _isDisposed;

    /// <summary>An empty pool for anybody.</summary>
    public PaillierNoisePool(PaillierPublicKey key, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        (Key, _options) = (key, options ?? PaillierOptions.Default);
    }

    /// <summary>An empty pool for a key's owner, which fills it faster.</summary>
    public PaillierNoisePool(PaillierSecretKey key, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        (Key, _owner, _options) = (key.PublicKey, key, options ?? PaillierOptions.Default);
    }

    /// <summary>The key.</summary>
    public PaillierPublicKey Key { get; }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Makes so many more.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed; what was being made is zeroed.</exception>
    public void Fill(int count, CryptographicRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        var noise = _owner is null ? Key.Noise(count, random, _options) : _owner.Noise(count, random, _options);
        var entries = new ulong[count][];
        for (var i = 0; i < count; i++)
        {
            entries[i] = new ulong[Key.Engine.EntryLength];
            Key.Engine.Extract(Key.Block(noise.Blocks, i / Key.Engine.Lanes), i % Key.Engine.Lanes, entries[i]);
        }
        LittleWords.Zero(noise.Blocks);
        lock (_gate)
        {
            if (!_isDisposed) foreach (var entry in entries) _entries.Enqueue(entry);
            else foreach (var entry in entries) LittleWords.Zero(entry);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
        }
    }

    /// <summary>Gives out so many encryptions of zero, for one use each.</summary>
    /// <exception cref="InvalidOperationException">There are fewer; none is taken.</exception>
    public Ciphertexts Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var taken = new ulong[count][];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_entries.Count < count) throw new InvalidOperationException($"The pool holds {_entries.Count} encryptions of zero; {count} are needed.");
            for (var i = 0; i < count; i++) taken[i] = _entries.Dequeue();
        }
        var (engine, blocks) = (Key.Engine, new ulong[Key.Blocks(count) * Key.Engine.PairLength]);
        for (var i = 0; i < Key.Blocks(count); i++) engine.One.CopyTo(Key.Block(blocks, i));
        for (var i = 0; i < count; i++)
        {
            engine.Insert(taken[i], i % engine.Lanes, Key.Block(blocks, i / engine.Lanes));
            LittleWords.Zero(taken[i]);
        }
        return new Ciphertexts(Key, count, blocks);
    }

    /// <summary>Zeroes what was not given out.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_entries.TryDequeue(out var entry)) LittleWords.Zero(entry);
        }
    }
}
