using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>SHA-256 under the labels of this folder; every hash is bound to the session.</summary>
internal static class TransferHash
{
    /// <summary>Bytes of a session's identifier.</summary>
    public const int SessionBytes = 32;

    /// <summary>A base transfer's key: over session, index, both elements that were sent, and the element that both know.</summary>
    public static UInt128 BaseKey(ReadOnlySpan<byte> session, int index, ReadOnlySpan<byte> offer, ReadOnlySpan<byte> reply, ReadOnlySpan<byte> shared)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie base transfer v1"u8);
        hash.AppendData(session);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, index);
        hash.AppendData(number);
        hash.AppendData(offer);
        hash.AppendData(reply);
        hash.AppendData(shared);
        return Finish(hash);
    }

    /// <summary>The challenge of the consistency check: over session and everything that the receiver is bound to.</summary>
    public static UInt128 Challenge(ReadOnlySpan<byte> session, ReadOnlySpan<byte> headAndColumns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie transfer check v1"u8);
        hash.AppendData(session);
        hash.AppendData(headAndColumns);
        return Finish(hash);
    }

    /// <summary>The public key of the permutation that hashes one batch.</summary>
    public static UInt128 BatchKey(ReadOnlySpan<byte> session, ulong counter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie transfer hash v1"u8);
        hash.AppendData(session);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, counter);
        hash.AppendData(number);
        return Finish(hash);
    }

    /// <summary>What messages name their session by.</summary>
    public static UInt128 SessionTag(ReadOnlySpan<byte> session)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie transfer session v1"u8);
        hash.AppendData(session);
        return Finish(hash);
    }

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static byte[] RequireSession(ReadOnlySpan<byte> session) => session.Length == SessionBytes
        ? session.ToArray()
        : throw new ArgumentException($"A session's identifier has {SessionBytes} bytes, not {session.Length}.", nameof(session));

    private static UInt128 Finish(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        var key = MemoryMarshal.Read<UInt128>(digest);
        CryptographicOperations.ZeroMemory(digest);
        return key;
    }
}
