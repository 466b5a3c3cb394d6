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

    /// <summary>Keys for a purpose.</summary>
    public static UInt128[] Keys(ReadOnlySpan<UInt128> keys, ReadOnlySpan<byte> purpose)
    {
        var derived = new UInt128[keys.Length];
        byte[] message = [.. "coterie derived key v1"u8, .. purpose];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var i = 0; i < keys.Length; i++)
        {
            HMACSHA256.HashData(MemoryMarshal.AsBytes(keys.Slice(i, 1)), message, hash);
            derived[i] = MemoryMarshal.Read<UInt128>(hash);
        }
        CryptographicOperations.ZeroMemory(hash);
        return derived;
    }

    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<UInt128> numbers) => MemoryMarshal.AsBytes(numbers);

    /// <summary>The numbers behind a session's name.</summary>
    public static UInt128[] Read(ReadOnlySpan<byte> bytes, int count) => bytes.Length == SessionBytes + (KeyBytes * count)
        ? MemoryMarshal.Cast<byte, UInt128>(bytes[SessionBytes..]).ToArray()
        : throw new CryptographicException($"{SessionBytes + (KeyBytes * count)} bytes of seeds expected, {bytes.Length} given.");
}
