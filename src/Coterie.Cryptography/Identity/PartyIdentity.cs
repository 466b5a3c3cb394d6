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
    /// <summary>Bytes of a key that is derived.</summary>
    private const int DerivedKeyLength = 32;

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

    /// <summary>Takes up a key pair that <see cref="ExportPrivateKey"/> gave away.</summary>
    /// <param name="privateKey">PKCS#8 (RFC 5958), not encrypted; the caller zeroes it.</param>
    /// <exception cref="CryptographicException">Not a private key of P-256, or followed by other bytes.</exception>
    public static PartyIdentity ImportPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(privateKey, out var read);
            if (read != privateKey.Length || !IsPublicKey(key.ExportSubjectPublicKeyInfo()))
                throw new CryptographicException("A private key of P-256 is expected, and nothing after it.");
            return new PartyIdentity(key);
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Whether <paramref name="publicKey"/> is a point of P-256 in the one encoding that <see cref="PublicKey"/> has.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey)
    {
        using var key = Signatures.Import(publicKey);
        return key is not null;
    }

    /// <summary>The private key as PKCS#8, not encrypted: for the file it is kept in. The caller zeroes it.</summary>
    public byte[] ExportPrivateKey()
    {
        lock (_signing) return _key.ExportPkcs8PrivateKey();
    }

    /// <summary>
    /// A key for what this party keeps on its own disk: HKDF-SHA256 (RFC 5869) of the private key, apart from all that is signed. The same for the same identity and purpose.
    /// </summary>
    /// <param name="purpose">What it is for; another purpose gives another key.</param>
    /// <returns>32 bytes; the caller zeroes them.</returns>
    public byte[] DeriveKey(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        byte[] secret;
        lock (_signing) secret = _key.ExportParameters(includePrivateParameters: true).D!;
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, DerivedKeyLength, "coterie identity storage v1"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(purpose));
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_signing)
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();
}
