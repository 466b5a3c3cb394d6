using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// A pair of shares on its way from one participant to another through the coordinator: AES-256-GCM (NIST SP 800-38D) under
/// the key of that pair, step and direction, with run, step, sender and recipient as associated data.
/// Layout: nonce (12), encrypted pair (88), tag (16).
/// </summary>
public static class ShareEnvelope
{
    private const string Purpose = "share envelope";
    private const int PlainLength = 2 * SecretShare.EncodedLength;

    /// <summary>Bytes of an envelope.</summary>
    public const int Length = PlainLength + SealedEnvelope.Overhead;

    /// <summary>Encrypts <paramref name="pair"/> for <paramref name="recipient"/> under the key of <see cref="RoundKeys.AgreeToSend"/>.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    public static byte[] Seal(
        ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, SharePair pair, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(pair);
        Span<byte> plain = stackalloc byte[PlainLength];
        pair.SelfMaskSeed.Encode(plain);
        pair.MaskKey.Encode(plain[SecretShare.EncodedLength..]);
        try
        {
            return SealedEnvelope.Seal(key32, context, Purpose, sender, recipient, plain, random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Decrypts an envelope under the key of <see cref="RoundKeys.AgreeToReceive"/>.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    /// <exception cref="CryptographicException">
    /// The envelope was altered, is meant for another step, direction or party, or holds what is no pair of shares at one point.
    /// </exception>
    public static SharePair Open(ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, ReadOnlySpan<byte> envelope)
    {
        Span<byte> plain = stackalloc byte[PlainLength];
        try
        {
            SealedEnvelope.Open(key32, context, Purpose, sender, recipient, envelope, plain);
            var pair = new SharePair(SecretShare.Decode(plain[..SecretShare.EncodedLength]), SecretShare.Decode(plain[SecretShare.EncodedLength..]));
            return pair.SelfMaskSeed.Point == pair.MaskKey.Point ? pair : throw new CryptographicException("The two shares lie at different points.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
