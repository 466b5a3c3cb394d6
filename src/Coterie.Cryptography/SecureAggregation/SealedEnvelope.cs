using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// Bytes on their way from one participant to another through the coordinator: AES-256-GCM (NIST SP 800-38D) with purpose, run, step, sender and
/// recipient as associated data. Layout: nonce (12), encrypted bytes, tag (16).
/// </summary>
internal static class SealedEnvelope
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Bytes beside the plain ones.</summary>
    public const int Overhead = NonceLength + TagLength;

    /// <summary>Encrypts under a key that seals nothing else of that purpose.</summary>
    public static byte[] Seal(
        ReadOnlySpan<byte> key32, RoundContext context, string purpose, PartyId sender, PartyId recipient, ReadOnlySpan<byte> plain, CryptographicRandom random)
    {
        CheckArguments(key32, context);
        ArgumentNullException.ThrowIfNull(random);
        var envelope = new byte[plain.Length + Overhead];
        var nonce = envelope.AsSpan(0, NonceLength);
        random.Fill(nonce);                                 // the key seals one envelope, so a random nonce is unique
        using var aes = new AesGcm(key32, TagLength);
        aes.Encrypt(nonce, plain, envelope.AsSpan(NonceLength, plain.Length), envelope.AsSpan(NonceLength + plain.Length), AssociatedData(context, purpose, sender, recipient));
        return envelope;
    }

    /// <summary>Decrypts exactly <c>plain.Length</c> bytes.</summary>
    /// <exception cref="CryptographicException">The envelope is of another length, was altered, or is meant for another purpose, step, direction or party.</exception>
    public static void Open(
        ReadOnlySpan<byte> key32, RoundContext context, string purpose, PartyId sender, PartyId recipient, ReadOnlySpan<byte> envelope, Span<byte> plain)
    {
        CheckArguments(key32, context);
        if (envelope.Length != plain.Length + Overhead) throw new CryptographicException($"An envelope has {plain.Length + Overhead} bytes, not {envelope.Length}.");
        using var aes = new AesGcm(key32, TagLength);
        aes.Decrypt(envelope[..NonceLength], envelope[NonceLength..^TagLength], envelope[^TagLength..], plain, AssociatedData(context, purpose, sender, recipient));
    }

    private static void CheckArguments(ReadOnlySpan<byte> key32, RoundContext context)
    {
        if (key32.Length != MaskGenerator.KeyLength) throw new ArgumentException("An envelope key has 32 bytes.", nameof(key32));
        ArgumentNullException.ThrowIfNull(context);
    }

    private static byte[] AssociatedData(RoundContext context, string purpose, PartyId sender, PartyId recipient)
    {
        var writer = context.Describe(purpose);
        writer.WriteText(sender.Name);
        writer.WriteText(recipient.Name);
        return writer.ToArray();
    }
}
