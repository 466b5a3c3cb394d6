using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>What all validators sign when they have added up their terms themselves: the model owner opens nothing else.</summary>
/// <param name="Rows">Of all validators.</param>
/// <param name="Terms">The sums of all validators' terms.</param>
/// <param name="MaskedDigest">SHA-256 over the digests of all masked numbers, in the validators' order.</param>
internal sealed record Approval(long Rows, Ciphertexts Terms, byte[] MaskedDigest)
{
    public static Approval Of(IReadOnlyList<(int Rows, Ciphertexts Terms, Masked Said)> all) => new(
        all.Sum(v => (long)v.Rows), all.Select(v => v.Terms).Aggregate((a, b) => a.Key.Add(a, b)), DigestOf(all.Select(v => v.Said.MaskedDigest)));

    public static byte[] DigestOf(IEnumerable<byte[]> masked) => SHA256.HashData([.. masked.SelectMany(d => d)]);

    /// <summary>What is signed.</summary>
    public byte[] Statement(ProductQuestion question, PartyId signer)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie approved totals v1");
        writer.WriteBytes(question.Context);
        writer.WriteText(signer.Name);
        writer.WriteInt64(Rows);
        writer.WriteBytes(Terms.Key.ToBytes(Terms));
        writer.WriteBytes(MaskedDigest);
        return writer.ToArray();
    }

    /// <exception cref="ProtocolException">The validator did not sign these sums.</exception>
    public void Require(MetricSetting setting, ProductQuestion question, PartyId signer, ReadOnlySpan<byte> signature, PartyId culprit)
    {
        if (!IdentityKeys.Verify(setting.Session.Roster, signer, Statement(question, signer), signature))
            throw new ProtocolException(ProtocolErrorCode.BadSignature, $"{signer} has not approved the totals that are to be opened at {setting.Step}.", setting.Step.Path, culprit);
    }
}
