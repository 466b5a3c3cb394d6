using System.Security.Cryptography;

namespace Coterie.Core.Randomness;

/// <summary>Randomness for keys, masks and shares: the operating system's generator, or the expansion of a secret that came from it. Thread-safe.</summary>
public sealed class CryptographicRandom
{
    private readonly SecretExpansion? _expansion;

    private CryptographicRandom(SecretExpansion? expansion) => _expansion = expansion;

    /// <summary>The operating system's generator: never seeded, never replayed.</summary>
    public static CryptographicRandom Instance { get; } = new(null);

    /// <summary>
    /// A stream that depends on <paramref name="secret"/> alone, so that a party that restarts draws again what it had drawn, and sends the
    /// same bytes rather than second ones. Block i is AES-256 of i, 16 bytes little-endian, under HMAC-SHA256(secret, "coterie expansion v2").
    /// </summary>
    /// <param name="secret">32 bytes drawn from <see cref="Instance"/>, expanded for one purpose only.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static CryptographicRandom Expanding(ReadOnlySpan<byte> secret) =>
        secret.Length == SecretLength ? new CryptographicRandom(new SecretExpansion(secret)) : throw new ArgumentException($"{secret.Length} bytes; {SecretLength} are expanded.", nameof(secret));

    /// <summary>Bytes of a secret to expand.</summary>
    public const int SecretLength = 32;

    /// <summary>Fills <paramref name="destination"/> with uniform bytes.</summary>
    public void Fill(Span<byte> destination)
    {
        if (_expansion is null) RandomNumberGenerator.Fill(destination);
        else _expansion.Fill(destination);
    }

    /// <summary><paramref name="count"/> uniform bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
