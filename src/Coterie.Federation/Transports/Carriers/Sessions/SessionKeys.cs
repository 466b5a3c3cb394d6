using System.Security.Cryptography;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>
/// The keys of a session: HKDF-SHA256 (RFC 5869) of the raw agreement, salted with the session. One key for frames and one for the proof per direction.
/// </summary>
internal sealed class SessionKeys : IDisposable
{
    private const int KeyBytes = 32;

    private readonly byte[] _keys = GC.AllocateArray<byte>(4 * KeyBytes, pinned: true);   // pinned: the collector leaves no second copy

    /// <summary>Derives the keys from the raw agreement, which the caller zeroes.</summary>
    public SessionKeys(ReadOnlySpan<byte> agreement, ReadOnlySpan<byte> session) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreement, _keys, session, "coterie session v1 keys"u8);

    /// <summary>The key of frames from the side that offered, or from the one that answered.</summary>
    public ReadOnlySpan<byte> Frames(bool fromOfferer) => _keys.AsSpan(fromOfferer ? 0 : KeyBytes, KeyBytes);

    /// <summary>Shows that a side has the keys: HMAC-SHA256 over the session, 32 bytes.</summary>
    public byte[] Proof(bool ofOfferer, ReadOnlySpan<byte> session) => HMACSHA256.HashData(_keys.AsSpan(ofOfferer ? 2 * KeyBytes : 3 * KeyBytes, KeyBytes), session);

    /// <summary>Zeroes the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);
}
