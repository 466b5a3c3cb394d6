using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Curves;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// One ephemeral ECDH P-256 key pair (NIST SP 800-56A rev. 3). Not thread-safe.
/// </summary>
public sealed class AgreementKey : IDisposable
{
    /// <summary>Bytes of a private key: the scalar, big-endian.</summary>
    public const int ScalarLength = 32;

    /// <summary>Bytes of a public key: 04, X, Y.</summary>
    public const int PublicKeyLength = 65;

    // y^2 = x^3 - 3x + b mod p: NIST SP 800-186, section 3.2.1.3.
    private static readonly BigInteger FieldPrime = (BigInteger.One << 256) - (BigInteger.One << 224) + (BigInteger.One << 192) + (BigInteger.One << 96) - 1;
    private static readonly BigInteger CurveB = new(
        Convert.FromHexString("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"), isUnsigned: true, isBigEndian: true);

    private readonly ECDiffieHellman _key;
    private readonly Dictionary<string, byte[]> _agreed = [];

    private AgreementKey(ECDiffieHellman key)
    {
        _key = key;
        PublicKey = [.. EncodePoint(key.ExportParameters(includePrivateParameters: false).Q)];
    }

    /// <summary>The public key, an uncompressed point of 65 bytes.</summary>
    public ImmutableArray<byte> PublicKey { get; }

    /// <summary>Draws a fresh pair.</summary>
    public static AgreementKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The pair of a reconstructed private key, which must belong to the public key that was announced.</summary>
    /// <exception cref="CryptographicException">The scalar is not a private key, or not the one of <paramref name="publicKey"/>.</exception>
    public static AgreementKey FromScalar(ReadOnlySpan<byte> scalar32, ReadOnlySpan<byte> publicKey)
    {
        if (scalar32.Length != ScalarLength) throw new CryptographicException("A private key has 32 bytes.");
        var scalar = GC.AllocateArray<byte>(ScalarLength, pinned: true);   // pinned: the collector leaves no second copy
        ECDiffieHellman? key = null;
        AgreementKey? result = null;
        try
        {
            scalar32.CopyTo(scalar);
            // Without a point the framework computes it from the scalar: what is compared is the true public key.
            key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            result = new AgreementKey(key);
            if (!CryptographicOperations.FixedTimeEquals(result.PublicKey.AsSpan(), publicKey))
                throw new CryptographicException("The private key does not belong to the public key.");
            key = null;
            return result;
        }
        finally
        {
            key?.Dispose();
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>The private scalar, 32 bytes big-endian; the caller zeroes it.</summary>
    public byte[] ExportScalar()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: true);
        return parameters.D ?? throw new CryptographicException("The key has no private part.");
    }

    /// <summary>
    /// Whether <paramref name="publicKey"/> is an uncompressed point of the curve; check what a peer announces before it is passed on.
    /// </summary>
    /// <remarks>
    /// Coordinates below p and the curve's equation: P-256 has a prime number of points, so no further check is needed (NIST SP 800-56A rev. 3,
    /// section 5.6.2.3.3, step 4). The framework's import multiplies the point by that number instead, at fifty times the price.
    /// </remarks>
    public static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyLength || publicKey[0] != 0x04) return false;
        var x = new BigInteger(publicKey[1..33], isUnsigned: true, isBigEndian: true);
        var y = new BigInteger(publicKey[33..], isUnsigned: true, isBigEndian: true);
        return x < FieldPrime && y < FieldPrime && ((y * y) - (((x * x) - 3) * x) - CurveB) % FieldPrime == 0;
    }

    /// <summary>
    /// Makes the agreements with some peers' public keys all together, eight side by side in about the time that two take one by one; <see cref="Derive"/> then finds them.
    /// </summary>
    /// <exception cref="CryptographicException">A peer's key is not a point of the curve.</exception>
    public void AgreeAhead(IEnumerable<byte[]> peerPublicKeys) => AgreeAhead([.. peerPublicKeys.Select(k => (this, (ReadOnlyMemory<byte>)k))]);

    /// <inheritdoc cref="AgreeAhead(IEnumerable{byte[]})"/>
    internal static void AgreeAhead(IReadOnlyList<(AgreementKey Own, ReadOnlyMemory<byte> PeerPublicKey)> pairs)
    {
        const int Lanes = P256Numbers.Lanes;
        var (points, shared, scalars) = (new byte[Lanes * P256Points.PointBytes], new byte[Lanes * P256Points.PointBytes], new ulong[Lanes * P256Scalar.Words]);
        for (var first = 0; first < pairs.Count; first += Lanes)
        {
            // What is left of the last eight goes along: its lanes repeat the first one's point, which is valid.
            var count = Math.Min(Lanes, pairs.Count - first);
            for (var lane = 0; lane < Lanes; lane++)
            {
                var (own, peer) = pairs[first + (lane < count ? lane : 0)];
                RequirePoint(peer.Span)[1..].CopyTo(points.AsSpan(lane * P256Points.PointBytes));
                if (lane < count) own.CopyScalar(scalars.AsSpan(lane * P256Scalar.Words, P256Scalar.Words));
            }
            if (P256Points.FirstInvalid(points) >= 0) throw new CryptographicException("A public key is not a point of the curve P-256.");
            var multiples = P256Multiples.OfEach(P256Points.Load(points), scalars);
            P256Points.Store(in multiples, shared);
            multiples.Clear();
            for (var lane = 0; lane < count; lane++)
            {
                var agreed = GC.AllocateArray<byte>(ScalarLength, pinned: true);   // pinned: the collector leaves no second copy
                shared.AsSpan(lane * P256Points.PointBytes, ScalarLength).CopyTo(agreed);
                var (own, peer) = pairs[first + lane];
                own._agreed[Convert.ToHexString(peer.Span)] = agreed;
            }
        }
        CryptographicOperations.ZeroMemory(shared);
        scalars.AsSpan().Clear();
    }

    /// <summary>HKDF-SHA256 (RFC 5869) of the raw agreement with <paramref name="peerPublicKey"/>, for one described use: 32 bytes. Agreements are kept until disposal.</summary>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    internal byte[] Derive(ReadOnlySpan<byte> peerPublicKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var derived = new byte[MaskGenerator.KeyLength];
        var name = Convert.ToHexString(peerPublicKey);
        if (!_agreed.TryGetValue(name, out var agreed)) _agreed[name] = agreed = Agree(peerPublicKey);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, derived, salt, info);
        return derived;
    }

    /// <summary>Forgets the private key and what was agreed with it.</summary>
    public void Dispose()
    {
        foreach (var secret in _agreed.Values) CryptographicOperations.ZeroMemory(secret);
        _agreed.Clear();
        _key.Dispose();
    }

    /// <summary>The raw agreement, pinned; the caller zeroes it.</summary>
    private byte[] Agree(ReadOnlySpan<byte> peerPublicKey)
    {
        using var peer = Import(peerPublicKey);
        using var peerKey = peer.PublicKey;
        var secret = _key.DeriveRawSecretAgreement(peerKey);
        var pinned = GC.AllocateArray<byte>(secret.Length, pinned: true);   // pinned: the collector leaves no second copy
        secret.CopyTo(pinned, 0);
        CryptographicOperations.ZeroMemory(secret);
        return pinned;
    }

    private static ECDiffieHellman Import(ReadOnlySpan<byte> publicKey)
    {
        var point = new ECPoint { X = RequirePoint(publicKey)[1..33].ToArray(), Y = publicKey[33..].ToArray() };
        return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
    }

    private static ReadOnlySpan<byte> RequirePoint(ReadOnlySpan<byte> publicKey) => publicKey.Length == PublicKeyLength && publicKey[0] == 0x04
        ? publicKey
        : throw new CryptographicException("A public key is an uncompressed point of P-256.");

    /// <summary>The private scalar, little-endian words.</summary>
    private void CopyScalar(Span<ulong> words)
    {
        var scalar = ExportScalar();
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64BigEndian(scalar.AsSpan(sizeof(ulong) * (words.Length - 1 - i)));
        CryptographicOperations.ZeroMemory(scalar);
    }

    private static byte[] EncodePoint(ECPoint point) => [0x04, .. point.X!, .. point.Y!];
}
