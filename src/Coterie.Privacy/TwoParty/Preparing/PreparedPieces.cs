using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// A round's material on this party's disk: pieces of 1 MiB among its checkpoints, below the round's own step, so that they go when the round is over, and are as old or as new as the rest of
/// the party's state. What lies there is sealed by the store, where there is one.
/// </summary>
/// <param name="checkpoints">The party's.</param>
/// <param name="place">The round's step and the peer.</param>
internal sealed class PreparedPieces(ICheckpoints checkpoints, StepTag place) : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly StepTag _place = place.Then("pieces");
    private byte[] _piece = [];
    private int _at;
    private int _next;

    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Writes on. The last piece is written by <see cref="FinishAsync"/>.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Written += bytes.Length;
        if (_piece.Length == 0) _piece = new byte[PieceBytes];
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, PieceBytes - _at);
            bytes.Span[..taken].CopyTo(_piece.AsSpan(_at));
            bytes = bytes[taken..];
            if ((_at += taken) == PieceBytes) await FinishAsync(cancellationToken);
        }
    }

    /// <summary>Writes what is left.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_at == 0) return;
        await checkpoints.SaveAsync(_place.Then(_next++).Path, _piece.AsMemory(0, _at), cancellationToken);
        CryptographicOperations.ZeroMemory(_piece);
        _at = 0;
    }

    /// <summary>Reads on.</summary>
    /// <exception cref="InvalidDataException">There is not so much.</exception>
    public async ValueTask<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            if (_at == _piece.Length)
            {
                CryptographicOperations.ZeroMemory(_piece);
                var key = _place.Then(_next++).Path;
                _piece = await checkpoints.LoadAsync(key, cancellationToken) is { IsEmpty: false } piece ? piece.ToArray() : throw new InvalidDataException($"What was prepared is not whole: {key} is missing.");
                _at = 0;
            }
            var taken = Math.Min(count - filled, _piece.Length - _at);
            _piece.AsSpan(_at, taken).CopyTo(bytes.AsSpan(filled));
            _at += taken;
            filled += taken;
        }
        return bytes;
    }

    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<ulong[]> ReadWordsAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(checked(count * sizeof(ulong)), cancellationToken);
        var words = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return words;
    }

    /// <summary>Little-endian.</summary>
    public static byte[] ToBytes(ReadOnlySpan<ulong> words)
    {
        var bytes = new byte[checked(words.Length * sizeof(ulong))];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), words[i]);
        return bytes;
    }

    /// <summary>Little-endian.</summary>
    public static ulong[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        var words = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return words;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_piece);
}
