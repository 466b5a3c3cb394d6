using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>Further seeds from those of base transfers, and their bytes.</summary>
internal static class SeedDerivation
{
    /// <summary>Bytes of a session's name.</summary>
    public const int SessionBytes = SHA256.HashSizeInBytes;

    private const int KeyBytes = 16;

    public static InvalidOperationException Taken() => new("The seeds of base transfers were taken before; nothing is used twice.");

    /// <summary>The name of a session within another.</summary>
    public static byte[] Session(ReadOnlySpan<byte> session, ReadOnlySpan<byte> purpose) => HMACSHA256.HashData(session, (byte[])[.. "coterie derived session v1"u8, .. purpose]);

    /// <summary>
    /// Keys for a purpose: the CBC-MAC by AES-128 of the purpose's SHA-256 under each key, a pseudorandom function of messages of two blocks (Bellare, Kilian, Rogaway, "The security of the cipher block
    /// chaining message authentication code", JCSS 2000). Rounds derive hundreds of keys for each party.
    /// </summary>
    public static UInt128[] Keys(ReadOnlySpan<UInt128> keys, ReadOnlySpan<byte> purpose)
    {
        var derived = new UInt128[keys.Length];
        var digest = SHA256.HashData((byte[])[.. "coterie derived key v2"u8, .. purpose]);
        var blocks = MemoryMarshal.Cast<byte, UInt128>(digest);
        for (var i = 0; i < keys.Length; i++)
        {
            using var cipher = new Aes128(keys[i]);
            var mac = derived.AsSpan(i, 1);
            mac[0] = blocks[0];
            cipher.Encrypt(mac);
            mac[0] ^= blocks[1];
            cipher.Encrypt(mac);
        }
        return derived;
    }

    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<UInt128> numbers) => MemoryMarshal.AsBytes(numbers);

    /// <summary>The numbers behind a session's name.</summary>
    public static UInt128[] Read(ReadOnlySpan<byte> bytes, int count) => bytes.Length == SessionBytes + (KeyBytes * count)
        ? MemoryMarshal.Cast<byte, UInt128>(bytes[SessionBytes..]).ToArray()
        : throw new CryptographicException($"{SessionBytes + (KeyBytes * count)} bytes of seeds expected, {bytes.Length} given.");
}
