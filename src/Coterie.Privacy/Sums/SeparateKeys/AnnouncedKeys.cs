using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Keys;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>What a participant announces for a run: its Paillier key with its proof, checked, and the public key by which others compare models with it.</summary>
/// <param name="Paillier">The key that its sums are encrypted under.</param>
/// <param name="PaillierBytes">As it was announced.</param>
/// <param name="Agreement">A point of P-256.</param>
internal sealed record AnnouncedKeys(PaillierPublicKey Paillier, byte[] PaillierBytes, byte[] Agreement)
{
    public static AnnouncedKeys Of(OwnKeys own) => new(own.Paillier.PublicKey, own.Paillier.PublicKey.Export(), [.. own.Agreement.PublicKey]);

    public void Write(WireWriter writer)
    {
        writer.WriteBytes(PaillierBytes);
        writer.WriteBytes(Agreement);
    }

    /// <summary>Reads and checks the keys after their signature was verified.</summary>
    /// <exception cref="ProtocolException">What <paramref name="owner"/> signed are no valid keys.</exception>
    public static AnnouncedKeys Check(ReadOnlySpan<byte> paillier, ReadOnlySpan<byte> agreement, PaillierKeySize size, PartyId owner, StepTag step)
    {
        if (!AgreementKey.IsValidPublicKey(agreement))
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"A key that {owner} signed at {step} is no point of the curve.", step.Path, owner);
        try
        {
            return new AnnouncedKeys(size.Import(paillier), paillier.ToArray(), agreement.ToArray());
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"The Paillier key that {owner} signed at {step} is refused: {refused.Message}", step.Path, owner);
        }
    }

    /// <summary>What its owner signs.</summary>
    public static byte[] Statement(Roster roster, StepTag step, PartyId owner, ReadOnlySpan<byte> paillier, ReadOnlySpan<byte> agreement)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie separate keys v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        writer.WriteText(step.Path);
        writer.WriteText(owner.Name);
        writer.WriteBytes(paillier);
        writer.WriteBytes(agreement);
        return writer.ToArray();
    }
}
