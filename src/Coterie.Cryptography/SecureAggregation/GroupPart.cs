using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// A participant's part of a <see cref="GroupSecret"/> on its way to another participant through the coordinator, in an envelope of AES-256-GCM under the
/// key of that pair, step and direction. The part is the seed that its owner has committed to (<see cref="SelfMask.Commit"/>).
/// </summary>
public static class GroupPart
{
    private const string Purpose = "group part envelope";

    /// <summary>Bytes of an envelope.</summary>
    public const int EnvelopeLength = GroupSecret.Length + SealedEnvelope.Overhead;

    /// <summary>Encrypts a part under the key of <see cref="RoundKeys.AgreeToSend"/>.</summary>
    /// <exception cref="ArgumentException">Key or part do not have 32 bytes.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, ReadOnlySpan<byte> part32, CryptographicRandom random) =>
        part32.Length == GroupSecret.Length
            ? SealedEnvelope.Seal(key32, context, Purpose, sender, recipient, part32, random)
            : throw new ArgumentException($"A part of a group secret has {GroupSecret.Length} bytes.", nameof(part32));

    /// <summary>Decrypts a part under the key of <see cref="RoundKeys.AgreeToReceive"/> and compares it with what its owner committed to; the caller zeroes it.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    /// <exception cref="CryptographicException">The envelope was altered or is meant for another use, or holds another part.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key32, RoundContext context, PartyId sender, PartyId recipient, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> commitment)
    {
        var part = new byte[GroupSecret.Length];
        SealedEnvelope.Open(key32, context, Purpose, sender, recipient, envelope, part);
        if (CryptographicOperations.FixedTimeEquals(SelfMask.Commit(context, sender, part), commitment)) return part;
        CryptographicOperations.ZeroMemory(part);
        throw new CryptographicException("The part is not the one that was committed to.");
    }
}
