using System.Security.Cryptography;

namespace Coterie.Cryptography.Identity;

/// <summary>Verifies what <see cref="PartyIdentity"/> signed.</summary>
public static class Signatures
{
    /// <summary>Bytes of a signature: r and s, 32 bytes each (IEEE P1363).</summary>
    public const int Length = 64;

    // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 04 X Y } }: RFC 5480, section 2. Only this one encoding
    // of a P-256 key is accepted, so a key has exactly one name and no other curve is ever parsed.
    private static ReadOnlySpan<byte> KeyPrefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
        0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>
    /// Whether <paramref name="signature"/> (P1363) is <paramref name="publicKey"/>'s (SubjectPublicKeyInfo of P-256) over
    /// <paramref name="data"/>; malformed keys and signatures give false.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Length) return false;
        using var key = Import(publicKey);
        return key is not null && VerifyWith(key, data, signature);
    }

    /// <summary>The parsed key; null when it is malformed or no point of the curve.</summary>
    internal static ECDsa? Import(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != KeyPrefix.Length + 64 || !publicKey.StartsWith(KeyPrefix)) return null;
        var point = publicKey[KeyPrefix.Length..];
        try
        {
            return ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
            });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal static bool VerifyWith(ECDsa key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Length) return false;
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
