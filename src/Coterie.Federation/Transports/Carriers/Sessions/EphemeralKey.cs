using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>One side's fresh ECDH P-256 pair and nonce, for one session. Not thread-safe.</summary>
internal sealed class EphemeralKey : IDisposable
{
    /// <summary>Bytes of a nonce: two random ones never meet.</summary>
    public const int NonceBytes = 32;

    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Draws a pair and a nonce.</summary>
    public EphemeralKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        Public = [0x04, .. point.X!, .. point.Y!];
        Nonce = CryptographicRandom.Instance.Bytes(NonceBytes);
    }

    /// <summary>The public key, an uncompressed point of 65 bytes.</summary>
    public byte[] Public { get; }

    /// <summary>The nonce, 32 bytes.</summary>
    public byte[] Nonce { get; }

    /// <summary>The session's keys with the peer's public key.</summary>
    /// <exception cref="SessionException">The peer's key is no point of the curve.</exception>
    public SessionKeys Agree(ReadOnlySpan<byte> peerPublic, ReadOnlySpan<byte> session)
    {
        if (!AgreementKey.IsValidPublicKey(peerPublic)) throw new SessionException("The peer's key is no uncompressed point of P-256.");
        var point = new ECPoint { X = peerPublic[1..33].ToArray(), Y = peerPublic[33..].ToArray() };
        using var peer = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        using var peerKey = peer.PublicKey;
        var secret = _key.DeriveRawSecretAgreement(peerKey);
        try
        {
            return new SessionKeys(secret, session);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();
}
