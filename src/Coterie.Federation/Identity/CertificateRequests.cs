using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>Certificate requests (PKCS#10, RFC 2986). Only their key counts: name and role come from the authority's books.</summary>
internal static class CertificateRequests
{
    /// <summary>A request for the certificate of a key, DER, signed with it.</summary>
    public static byte[] Create(PartyId name, PartyIdentity signer)
    {
        using var key = ECDsa.Create();
        var secret = signer.ExportPrivateKey();
        try
        {
            key.ImportPkcs8PrivateKey(secret, out _);
            return new CertificateRequest(CertificateProfile.SubjectOf(name), key, HashAlgorithmName.SHA256).CreateSigningRequest();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The key a request is for, whose owner signed it.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Malformed"/>: no request, another signature, or another kind of key.</exception>
    public static PublicKey Read(ReadOnlySpan<byte> request)
    {
        try
        {
            // Extensions that the request asks for are not even read.
            var read = CertificateRequest.LoadSigningRequest(request.ToArray(), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
            return CertificateProfile.ReadKey(read.PublicKey) is null ? throw Malformed() : read.PublicKey;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw Malformed();
        }
    }

    private static IdentityException Malformed() => new(IdentityReason.Malformed, "The certificate request is not accepted: PKCS#10 for a key of P-256, signed with that key, is expected.");
}
