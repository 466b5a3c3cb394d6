using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>Openings in messages of peers that may lie.</summary>
internal static class Reading
{
    /// <summary>Bytes around numbers in a message.</summary>
    private const int Header = 128;

    public static int CiphertextBytes(ProductQuestion question, int count) => checked(Header + (count * question.Key.CiphertextBytes));

    public static int OpeningBytes(ProductQuestion question, int count) => CiphertextBytes(question, count);

    /// <exception cref="ProtocolException">It does not open these ciphertexts for this question; the sender is named.</exception>
    public static Plaintexts ReadOpening(this ref WireReader reader, ProductQuestion question, string what, Ciphertexts ciphertexts, MetricSetting setting, PaillierOptions options)
    {
        var bytes = reader.ReadBytes(OpeningBytes(question, ciphertexts.Count));
        try
        {
            var opening = PaillierOpening.Import(bytes, question.Key, ciphertexts.Count);
            question.Key.Verify(ciphertexts, opening, question.OpeningContext(what, ciphertexts), options);
            return opening.Messages;
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(
                ProtocolErrorCode.Inconsistent, $"The model owner's opening of the {what} at {setting.Step} does not hold: {refused.Message}", setting.Step.Path, setting.Owner);
        }
    }
}
