using System.Security.Cryptography;

namespace Coterie.Core.Randomness;

/// <summary>Randomness for keys, masks and shares: the operating system's generator, never seeded, never replayed. Thread-safe.</summary>
public sealed class CryptographicRandom
{
    private CryptographicRandom()
    {
    }

    /// <summary>The one instance.</summary>
    public static CryptographicRandom Instance { get; } = new();

    /// <summary>Fills <paramref name="destination"/> with uniform bytes.</summary>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);

    /// <summary><paramref name="count"/> uniform bytes.</summary>
    public byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);
}
