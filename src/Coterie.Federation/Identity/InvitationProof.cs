using System.Security.Cryptography;
using Coterie.Core.Wire;

namespace Coterie.Federation.Identity;

/// <summary>
/// Shows that one knows an invitation's secret, bound to a certificate request, to an authority that stores only the secret's hash: the proof of
/// SCRAM (RFC 5802, section 3) with SHA-256, the secret in the place of the client key.
/// </summary>
/// <remarks>
/// stored = H(secret); proof = secret XOR HMAC(stored, authority, invitation, request). Whoever sees the proof learns nothing of the secret without
/// the stored hash, and cannot put another request in its place; whoever steals the stored hash cannot make a proof.
/// </remarks>
internal static class InvitationProof
{
    /// <summary>Bytes of a proof.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>What the authority stores.</summary>
    public static byte[] Stored(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <summary>The proof, from the secret.</summary>
    public static byte[] Make(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> invitation, ReadOnlySpan<byte> request) =>
        Xor(secret, Mask(Stored(secret), authority, invitation, request));

    /// <summary>Whether the proof was made with the secret whose hash is <paramref name="stored"/>, for this very request.</summary>
    public static bool Holds(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> proof, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> invitation, ReadOnlySpan<byte> request)
    {
        if (proof.Length != Length) return false;
        var secret = Xor(proof, Mask(stored, authority, invitation, request));
        var holds = CryptographicOperations.FixedTimeEquals(Stored(secret), stored);
        CryptographicOperations.ZeroMemory(secret);
        return holds;
    }

    private static byte[] Mask(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> invitation, ReadOnlySpan<byte> request)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie join v1");
        writer.WriteBytes(authority);
        writer.WriteBytes(invitation);
        writer.WriteBytes(request);
        return HMACSHA256.HashData(stored, writer.WrittenMemory.Span);
    }

    private static byte[] Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var result = new byte[Length];
        for (var i = 0; i < Length; i++) result[i] = (byte)(a[i] ^ b[i]);
        return result;
    }
}
