using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// What a key's owner publishes so that everybody can check what ciphertexts hold: for each the plaintext m and the randomness r with
/// c = (1+n)^m r^n modulo n^2 (Paillier, EUROCRYPT 1999, section 5). There is only one such pair, given that gcd(n, phi(n)) = 1.
/// </summary>
public sealed class PaillierOpening
{
    private const byte Version = 1;
    private const int HeaderBytes = 8 + SHA256.HashSizeInBytes + sizeof(int);

    internal PaillierOpening(Plaintexts messages, Plaintexts randomness, ImmutableArray<byte> contextHash) => (Messages, Randomness, ContextHash) = (messages, randomness, contextHash);

    /// <summary>What the ciphertexts hold, as the owner says.</summary>
    public Plaintexts Messages { get; }

    /// <summary>SHA-256 of the key, the number of ciphertexts and the context that the opening was made for: 32 bytes.</summary>
    public ImmutableArray<byte> ContextHash { get; }

    /// <summary>r of each ciphertext, below n.</summary>
    internal Plaintexts Randomness { get; }

    private static ReadOnlySpan<byte> Magic => "CPOP"u8;

    /// <summary>Bytes for whoever checks: "CPOP", version 1, three zeros, the context's hash, the number of ciphertexts, plaintexts, randomness; little-endian.</summary>
    public byte[] Export()
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        header[4] = Version;
        ContextHash.CopyTo(header, 8);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(HeaderBytes - sizeof(int)), Messages.Count);
        return [.. header, .. KeyFormat.Bytes(Messages.Words), .. KeyFormat.Bytes(Randomness.Words)];
    }

    /// <summary>Reads an opening of so many ciphertexts under <paramref name="key"/>; whether it opens anything is for <see cref="PaillierPublicKey.Verify"/> to say.</summary>
    /// <exception cref="CryptographicException">Other bytes, another version or number, or a number that is not below n.</exception>
    public static PaillierOpening Import(ReadOnlySpan<byte> bytes, PaillierPublicKey key, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (bytes.Length < HeaderBytes || !bytes[..4].SequenceEqual(Magic)) throw new CryptographicException("These bytes are no opening of Paillier ciphertexts.");
        if (bytes[4] != Version) throw new CryptographicException($"The opening has version {bytes[4]} of the format; version {Version} is read.");
        if (bytes[5..8].ContainsAnyExcept((byte)0)) throw new CryptographicException("The opening's header is malformed.");
        var stated = BinaryPrimitives.ReadInt32LittleEndian(bytes[(HeaderBytes - sizeof(int))..]);
        if (stated != count) throw new CryptographicException($"The opening is of {stated} ciphertexts, not of {count}.");
        var half = (long)count * key.Words * sizeof(ulong);
        if (bytes.Length != HeaderBytes + (2 * half)) throw new CryptographicException($"An opening of {count} ciphertexts of {key.Bits} bits takes {HeaderBytes + (2 * half)} bytes, not {bytes.Length}.");
        var body = bytes[HeaderBytes..];
        return new PaillierOpening(Read(body[..(int)half], key, "plaintext"), Read(body[(int)half..], key, "randomness"), [.. bytes.Slice(8, SHA256.HashSizeInBytes)]);
    }

    internal static ImmutableArray<byte> HashContext(PaillierPublicKey key, int count, ReadOnlySpan<byte> context)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, count);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie paillier opening v1"u8);
        hash.AppendData(KeyFormat.Identify(key));
        hash.AppendData(number);
        hash.AppendData(context);
        return [.. hash.GetHashAndReset()];
    }

    private static Plaintexts Read(ReadOnlySpan<byte> bytes, PaillierPublicKey key, string what)
    {
        var result = new Plaintexts(bytes.Length / (key.Words * sizeof(ulong)), key.Words);
        KeyFormat.Words(bytes).CopyTo(result.Words);
        for (var i = 0; i < result.Count; i++)
            if (!LittleWords.IsBelow(result[i], key.Modulus)) throw new CryptographicException($"The {what} of ciphertext {i} in the opening is not below the modulus.");
        return result;
    }
}
