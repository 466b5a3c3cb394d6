using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Core.Randomness;

/// <summary>The keystream of AES-256 in counter mode under a key that is made of a secret, from its first byte on. Thread-safe.</summary>
internal sealed class SecretExpansion
{
    private const int BlockBytes = 16;

    private readonly Lock _gate = new();
    private readonly Aes _cipher = Aes.Create();
    private readonly byte[] _kept = new byte[2048];
    private int _used;
    private ulong _block;

    /// <summary>Begins at the first byte.</summary>
    public SecretExpansion(ReadOnlySpan<byte> secret)
    {
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, "coterie expansion v2"u8, key);
        _cipher.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
        _used = _kept.Length;
    }

    /// <summary>The next bytes, whatever the lengths in which they are asked for.</summary>
    public void Fill(Span<byte> destination)
    {
        lock (_gate)
        {
            destination = destination[Take(destination)..];
            var whole = destination.Length - (destination.Length % _kept.Length);
            for (var at = 0; at < whole; at += _kept.Length) Encrypt(destination.Slice(at, _kept.Length));
            if (whole == destination.Length) return;
            Encrypt(_kept);
            _used = 0;
            Take(destination[whole..]);
        }
    }

    /// <summary>What is left of the last blocks; what is given out is kept no longer.</summary>
    private int Take(Span<byte> destination)
    {
        var taken = Math.Min(destination.Length, _kept.Length - _used);
        _kept.AsSpan(_used, taken).CopyTo(destination);
        CryptographicOperations.ZeroMemory(_kept.AsSpan(_used, taken));
        _used += taken;
        return taken;
    }

    private void Encrypt(Span<byte> blocks)
    {
        blocks.Clear();
        for (var at = 0; at < blocks.Length; at += BlockBytes) BinaryPrimitives.WriteUInt64LittleEndian(blocks[at..], _block++);
        _cipher.EncryptEcb(blocks, blocks, PaddingMode.None);
    }
}
