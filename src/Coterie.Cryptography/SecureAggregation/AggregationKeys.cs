using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// The symmetric keys of a sum, each derived by HKDF-SHA256 (RFC 5869) and bound to its run, step, purpose, parties and, for
/// masks, the model's hash. Names enter in ordinal order with the public keys beside them, so both ends derive the same key.
/// Every result is 32 bytes; the caller zeroes it.
/// </summary>
public static class AggregationKeys
{
    private static readonly byte[] Salt = SHA256.HashData("coterie secure-aggregation v1"u8);

    /// <summary>The key of the mask that <paramref name="owner"/> and <paramref name="peer"/> share.</summary>
    /// <param name="context">Run, step and model.</param>
    /// <param name="owner">The party whose mask key pair is at hand.</param>
    /// <param name="ownerKey">Its mask key pair.</param>
    /// <param name="peer">The other party.</param>
    /// <param name="peerPublicKey">The other party's public mask key.</param>
    /// <exception cref="ArgumentException">Both parties are the same.</exception>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public static byte[] PairwiseMask(RoundContext context, PartyId owner, AgreementKey ownerKey, PartyId peer, ReadOnlySpan<byte> peerPublicKey)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ownerKey);
        var writer = context.Describe("pairwise mask");
        WritePair(writer, owner, ownerKey.PublicKey.AsSpan(), peer, peerPublicKey);
        writer.WriteBytes(context.ModelHash.Span);
        return ownerKey.Derive(peerPublicKey, Salt, writer.WrittenMemory.Span);
    }

    /// <summary>The key under which <paramref name="sender"/> encrypts shares for <paramref name="recipient"/>; the other direction has another key.</summary>
    /// <param name="context">Run and step.</param>
    /// <param name="sender">Who encrypts.</param>
    /// <param name="recipient">Who decrypts.</param>
    /// <param name="self">Which of the two is at work.</param>
    /// <param name="ownKey">That party's channel key pair.</param>
    /// <param name="peerPublicKey">The other party's public channel key.</param>
    /// <exception cref="ArgumentException">Sender and recipient are the same, or self is neither.</exception>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public static byte[] ShareChannel(
        RoundContext context, PartyId sender, PartyId recipient, PartyId self, AgreementKey ownKey, ReadOnlySpan<byte> peerPublicKey)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ownKey);
        if (self != sender && self != recipient) throw new ArgumentException($"{self} neither sends nor receives.", nameof(self));
        var writer = context.Describe("share channel");
        WritePair(writer, self, ownKey.PublicKey.AsSpan(), self == sender ? recipient : sender, peerPublicKey);
        writer.WriteText(sender.Name);
        writer.WriteText(recipient.Name);
        return ownKey.Derive(peerPublicKey, Salt, writer.WrittenMemory.Span);
    }

    /// <summary>The key of <paramref name="owner"/>'s self mask.</summary>
    /// <exception cref="ArgumentException">The seed does not have 32 bytes.</exception>
    public static byte[] SelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed32)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (seed32.Length != Shamir.SecretLength) throw new ArgumentException("A self-mask seed has 32 bytes.", nameof(seed32));
        var writer = context.Describe("self mask");
        writer.WriteText(owner.Name);
        writer.WriteBytes(context.ModelHash.Span);
        var derived = new byte[MaskGenerator.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed32, derived, Salt, writer.WrittenMemory.Span);
        return derived;
    }

    /// <summary>The key under which <paramref name="owner"/> and <paramref name="peer"/> compare what they hold, for as long as their key pairs live.</summary>
    /// <inheritdoc cref="PairwiseMask" path="/param"/>
    /// <exception cref="ArgumentException">Both parties are the same.</exception>
    /// <exception cref="CryptographicException">The peer's key is not a point of the curve.</exception>
    public static byte[] PairTag(RoundContext context, PartyId owner, AgreementKey ownerKey, PartyId peer, ReadOnlySpan<byte> peerPublicKey)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ownerKey);
        var writer = context.Describe("pair tag");
        WritePair(writer, owner, ownerKey.PublicKey.AsSpan(), peer, peerPublicKey);
        return ownerKey.Derive(peerPublicKey, Salt, writer.WrittenMemory.Span);
    }

    /// <summary>The part of a mask's key that is for one recipient's Paillier key: HKDF-Expand of the mask's key.</summary>
    /// <param name="maskKey32">Of <see cref="PairwiseMask"/> or <see cref="SelfMask"/>, which bind it to run, step and broadcasts.</param>
    /// <param name="recipient">Who opens the sum.</param>
    /// <param name="recipientKey">The name of the recipient's Paillier key, 32 bytes.</param>
    /// <param name="entries">Entries of a contribution.</param>
    /// <exception cref="ArgumentException">A key or a name of a key does not have 32 bytes.</exception>
    public static byte[] ForRecipient(ReadOnlySpan<byte> maskKey32, PartyId recipient, ReadOnlySpan<byte> recipientKey, int entries)
    {
        if (maskKey32.Length != MaskGenerator.KeyLength) throw new ArgumentException("A mask key has 32 bytes.", nameof(maskKey32));
        if (recipientKey.Length != SHA256.HashSizeInBytes) throw new ArgumentException("A Paillier key's name has 32 bytes.", nameof(recipientKey));
        var writer = new WireWriter();
        writer.WriteText("coterie residue mask v1");
        writer.WriteText(recipient.Name);
        writer.WriteBytes(recipientKey);
        writer.WriteInt32(entries);
        var derived = new byte[MaskGenerator.KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, maskKey32, derived, writer.WrittenMemory.Span);
        return derived;
    }

    private static void WritePair(WireWriter writer, PartyId first, ReadOnlySpan<byte> firstKey, PartyId second, ReadOnlySpan<byte> secondKey)
    {
        switch (first.CompareTo(second))
        {
            case 0:
                throw new ArgumentException($"{first} shares no key with itself.", nameof(second));
            case < 0:
                WriteParty(writer, first, firstKey);
                WriteParty(writer, second, secondKey);
                break;
            default:
                WriteParty(writer, second, secondKey);
                WriteParty(writer, first, firstKey);
                break;
        }
    }

    private static void WriteParty(WireWriter writer, PartyId party, ReadOnlySpan<byte> key)
    {
        writer.WriteText(party.Name);
        writer.WriteBytes(key);
    }
}
