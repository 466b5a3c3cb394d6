using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.RunStore;

/// <summary>
/// Checkpoints that only this party can read: AES-256-GCM under a key that is made from the party's identity key and the run's name, each bound to its place. Whoever has the state without the
/// identity gets lengths and places. Thread-safe.
/// </summary>
/// <remarks>A value: format (1 byte), nonce (12), tag (16), ciphertext. Nonces are random; a run saves far fewer than the 2^32 values that they are good for.</remarks>
internal sealed class SealedCheckpoints : ICheckpoints, IDisposable
{
    private const byte Format = 1;
    private const int NonceAt = 1, TagAt = NonceAt + NonceBytes, BodyAt = TagAt + TagBytes;
    private const int NonceBytes = 12, TagBytes = 16;

    private readonly ICheckpoints _kept;
    private readonly string _run;
    private readonly byte[] _key;

    /// <param name="kept">Where sealed values go.</param>
    /// <param name="run">Names the run.</param>
    /// <param name="key">32 bytes of this party for this run; taken over.</param>
    public SealedCheckpoints(ICheckpoints kept, string run, byte[] key) => (_kept, _run, _key) = (kept, run, key);

    /// <summary>What a run's key is made for.</summary>
    public static string PurposeOf(string run) => $"coterie checkpoints v1 {run}";

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => _kept.SaveAsync(key, Seal(key, state.Span), cancellationToken);

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken) =>
        _kept.SaveAsync(key, Seal(key, state.Span), finished, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="StoreException">It was altered, moved from another place, or sealed under another key.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken) =>
        await _kept.LoadAsync(key, cancellationToken) is { } saved ? Open(key, saved.Span) : (ReadOnlyMemory<byte>?)null;

    /// <summary>Forgets the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private byte[] Seal(string key, ReadOnlySpan<byte> state)
    {
        var closed = new byte[BodyAt + state.Length];
        closed[0] = Format;
        RandomNumberGenerator.Fill(closed.AsSpan(NonceAt, NonceBytes));
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(closed.AsSpan(NonceAt, NonceBytes), state, closed.AsSpan(BodyAt), closed.AsSpan(TagAt, TagBytes), PlaceOf(key));
        return closed;
    }

    private byte[] Open(string key, ReadOnlySpan<byte> saved)
    {
        if (saved.Length < BodyAt || saved[0] != Format) throw Refused(key, null);
        var state = new byte[saved.Length - BodyAt];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(saved.Slice(NonceAt, NonceBytes), saved[BodyAt..], saved.Slice(TagAt, TagBytes), state, PlaceOf(key));
            return state;
        }
        catch (CryptographicException error)
        {
            throw Refused(key, error);
        }
    }

    private byte[] PlaceOf(string key)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie checkpoint v1");
        writer.WriteText(_run);
        writer.WriteText(key);
        return writer.ToArray();
    }

    private StoreException Refused(string key, Exception? cause) => new(
        $"What was kept at {key} of {_run} cannot be opened with this party's identity key: it was altered, or the identity is another one than when the run began. Put both back as they were, or start a new run.", cause);
}
