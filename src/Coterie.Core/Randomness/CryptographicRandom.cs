using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Core.Randomness;

/// <summary>Randomness for keys, masks and shares: the operating system's generator, or the expansion of a secret that came from it. Thread-safe.</summary>
public sealed class CryptographicRandom
{
    private readonly byte[]? _secret;
    private readonly Lock _gate = new();
    private ulong _block;

    private CryptographicRandom(byte[]? secret) => _secret = secret;

    /// <summary>The operating system's generator: never seeded, never replayed.</summary>
    public static CryptographicRandom Instance { get; } = new(null);

    /// <summary>
    /// A stream that depends on <paramref name="secret"/> alone, so that a party that restarts draws again what it had drawn, and sends the
    /// same bytes rather than second ones. Block i is HMAC-SHA256(secret, "coterie expansion v1" | i).
    /// </summary>
    /// <param name="secret">32 bytes drawn from <see cref="Instance"/>, expanded for one purpose only.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static CryptographicRandom Expanding(ReadOnlySpan<byte> secret) =>
        secret.Length == SecretLength ? new CryptographicRandom(secret.ToArray()) : throw new ArgumentException($"{secret.Length} bytes; {SecretLength} are expanded.", nameof(secret));

    /// <summary>Bytes of a secret to expand.</summary>
    public const int SecretLength = 32;

    /// <summary>Fills <paramref name="destination"/> with uniform bytes.</summary>
    public void Fill(Span<byte> destination)
    {
        if (_secret is null) RandomNumberGenerator.Fill(destination);
        else Expand(destination);
    }

    /// <summary><paramref name="count"/> uniform bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    private void Expand(Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[Label.Length + sizeof(ulong)];
        Label.CopyTo(input);
        Span<byte> block = stackalloc byte[HMACSHA256.HashSizeInBytes];
        lock (_gate)
        {
            while (!destination.IsEmpty)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(input[Label.Length..], _block++);
                HMACSHA256.HashData(_secret, input, block);
                var taken = Math.Min(block.Length, destination.Length);
                block[..taken].CopyTo(destination);
                destination = destination[taken..];
            }
        }
        CryptographicOperations.ZeroMemory(block);
    }

    private static ReadOnlySpan<byte> Label => "coterie expansion v1"u8;
}
