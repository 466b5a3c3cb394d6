using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>What a validator says once: how many rows it has, its masked numbers and its terms, signed. The model owner sees the first and the last as a digest only.</summary>
/// <param name="Sender">The validator.</param>
/// <param name="MaskedDigest">SHA-256 of the masked numbers' ciphertexts.</param>
/// <param name="TermsDigest">SHA-256 of the rows' number and the terms' ciphertexts.</param>
/// <param name="Signature">Over both, under the question's context.</param>
internal sealed record Masked(PartyId Sender, byte[] MaskedDigest, byte[] TermsDigest, byte[] Signature)
{
    public static byte[] DigestOf(Ciphertexts masked) => SHA256.HashData(masked.Key.ToBytes(masked));

    public static byte[] DigestOf(int rows, Ciphertexts terms)
    {
        var writer = new WireWriter();
        writer.WriteInt32(rows);
        writer.WriteBytes(terms.Key.ToBytes(terms));
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>What is signed.</summary>
    public static byte[] Statement(ProductQuestion question, PartyId sender, ReadOnlySpan<byte> maskedDigest, ReadOnlySpan<byte> termsDigest)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie masked rows v1");
        writer.WriteBytes(question.Context);
        writer.WriteText(sender.Name);
        writer.WriteBytes(maskedDigest);
        writer.WriteBytes(termsDigest);
        return writer.ToArray();
    }

    /// <summary>Insists on the signature: whoever passes on what does not verify is <paramref name="culprit"/>.</summary>
    /// <exception cref="ProtocolException">The validator signed something else, or was asked something else.</exception>
    public void Require(MetricSetting setting, ProductQuestion question, PartyId culprit)
    {
        if (!IdentityKeys.Verify(setting.Session.Roster, Sender, Statement(question, Sender, MaskedDigest, TermsDigest), Signature))
            throw new ProtocolException(
                ProtocolErrorCode.BadSignature, $"What {Sender} is said to have masked at {setting.Step} is not signed by it for this model, these terms and this transcript.", setting.Step.Path, culprit);
    }
}
