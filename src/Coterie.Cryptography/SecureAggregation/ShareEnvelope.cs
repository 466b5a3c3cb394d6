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
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int PlainLength = 2 * SecretShare.EncodedLength;

    /// <summary>Bytes of an envelope.</summary>
    public const int Length = NonceLength + PlainLength + TagLength;

    /// <summary>Encrypts <paramref name="pair"/> for <paramref name="recipient"/> under the key of <see cref="RoundKeys.AgreeToSend"/>.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    public static byte[] Seal(
        ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, SharePair pair, CryptographicRandom random)
    {
        CheckArguments(key32, context);
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> plain = stackalloc byte[PlainLength];
        pair.SelfMaskSeed.Encode(plain);
        pair.MaskKey.Encode(plain[SecretShare.EncodedLength..]);
        var envelope = new byte[Length];
        var nonce = envelope.AsSpan(0, NonceLength);
        random.Fill(nonce);                                 // the key seals one envelope, so a random nonce is unique
        using var aes = new AesGcm(key32, TagLength);
        aes.Encrypt(nonce, plain, envelope.AsSpan(NonceLength, PlainLength), envelope.AsSpan(NonceLength + PlainLength), AssociatedData(context, sender, recipient));
        CryptographicOperations.ZeroMemory(plain);
        return envelope;
    }

    /// <summary>Decrypts an envelope under the key of <see cref="RoundKeys.AgreeToReceive"/>.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    /// <exception cref="CryptographicException">
    /// The envelope was altered, is meant for another step, direction or party, or holds what is no pair of shares at one point.
    /// </exception>
    public static SharePair Open(ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, ReadOnlySpan<byte> envelope)
    {
        CheckArguments(key32, context);
        if (envelope.Length != Length) throw new CryptographicException($"An envelope has {Length} bytes, not {envelope.Length}.");
        Span<byte> plain = stackalloc byte[PlainLength];
        try
        {
            using var aes = new AesGcm(key32, TagLength);
            aes.Decrypt(
                envelope[..NonceLength], envelope[NonceLength..^TagLength], envelope[^TagLength..], plain, AssociatedData(context, sender, recipient));
            var pair = new SharePair(SecretShare.Decode(plain[..SecretShare.EncodedLength]), SecretShare.Decode(plain[SecretShare.EncodedLength..]));
            return pair.SelfMaskSeed.Point == pair.MaskKey.Point ? pair : throw new CryptographicException("The two shares lie at different points.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static void CheckArguments(ReadOnlySpan<byte> key32, RoundContext context)
    {
        if (key32.Length != MaskGenerator.KeyLength) throw new ArgumentException("An envelope key has 32 bytes.", nameof(key32));
        ArgumentNullException.ThrowIfNull(context);
    }

    private static byte[] AssociatedData(RoundContext context, PartyId sender, PartyId recipient)
    {
        var writer = context.Describe("share envelope");
        writer.WriteText(sender.Name);
        writer.WriteText(recipient.Name);
        return writer.ToArray();
    }
}
