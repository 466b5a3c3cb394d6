using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Cryptography.Identity;

/// <summary>
/// A party's long-term ECDSA P-256 key pair (FIPS 186-5). It signs and nothing else; separating what different signatures
/// mean is the caller's part. Thread-safe.
/// </summary>
public sealed class PartyIdentity : ISigner, IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _signing = new();

    private PartyIdentity(ECDsa key)
    {
        _key = key;
        PublicKey = [.. key.ExportSubjectPublicKeyInfo()];
    }

    /// <summary>The public key: SubjectPublicKeyInfo, named curve, uncompressed point, 91 bytes.</summary>
    public ImmutableArray<byte> PublicKey { get; }

    /// <summary>Draws a fresh key pair.</summary>
    public static PartyIdentity Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_signing)
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();
}
