using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// The model owner's side, step 5: it opens masked numbers that validators have signed for this model and transcript, computes the totals' ciphertexts from
/// them and from the sum that all validators have approved, and opens those. Whatever else it is shown stays closed.
/// </summary>
internal static class OwnerStep
{
    public const string MaskedNumbers = "masked numbers", TotalNumbers = "totals";

    /// <summary>A masked number is this many bits shorter than n with a probability of 2^-39; one that is has no mask.</summary>
    private const int MissingBits = 40;

    public static async Task<OpenedTotals> RunAsync(MetricSetting setting, ProductQuestion question, PaillierSecretKey key, CancellationToken cancellationToken)
    {
        var (session, coordinator) = (setting.Session, setting.Coordinator);
        await OpeningBudget.SpendAsync(setting, question, cancellationToken);
        var maximum = (setting.Validators.Length * Reading.CiphertextBytes(question, question.MaskedCount + 1)) + Reading.CiphertextBytes(question, question.Products);
        var request = await session.Channel.ReceiveAsync(coordinator, setting.Step.Then("opening"), maximum, cancellationToken);
        var (masked, approval) = Read(setting, question, request.Span);
        // A coordinator that asks twice, with other signatures of the same statements, gets the same; with anything else, nothing.
        await session.OnceOnly.ClaimAsync(setting.Step.Then("opened").Path, SHA256.HashData([.. approval.Statement(question, session.Self), .. approval.MaskedDigest]), cancellationToken);

        var numbers = key.Open(masked, question.OpeningContext(MaskedNumbers, masked), setting.Options);
        RequireMasks(setting, question, numbers.Messages);
        var totals = question.Totals(approval.Terms, numbers.Messages);
        var opened = key.Open(totals, question.OpeningContext(TotalNumbers, totals), setting.Options);
        var result = OpenedTotals.Of(setting, question, opened.Messages, approval.Rows);
        var writer = new WireWriter();
        writer.WriteBytes(numbers.Export());
        writer.WriteBytes(opened.Export());
        await session.Channel.SendAsync(coordinator, setting.Step.Then("opened"), writer.WrittenMemory, cancellationToken);
        return result;
    }

    private static (Ciphertexts Masked, Approval Approval) Read(MetricSetting setting, ProductQuestion question, ReadOnlySpan<byte> request)
    {
        var reader = new WireReader(request, setting.Coordinator, setting.Step.Then("opening"));
        var (masked, digests) = (new List<Ciphertexts>(), new List<byte[]>());
        foreach (var validator in setting.Validators)
        {
            masked.Add(reader.ReadCiphertexts(question.Key, question.MaskedCount));
            digests.Add(Masked.DigestOf(masked[^1]));
            new Masked(validator, digests[^1], reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray(), reader.ReadExactBytes(Signatures.Length).ToArray())
                .Require(setting, question, setting.Coordinator);
        }
        var rows = reader.ReadInt64();
        if (rows < setting.Validators.Length || rows > (long)setting.Validators.Length * setting.Terms.RowsAtMost) throw reader.Malformed($"{rows} rows of {setting.Validators.Length} validators");
        var approval = new Approval(rows, reader.ReadCiphertexts(question.Key, question.Products), Approval.DigestOf(digests));
        foreach (var validator in setting.Validators) approval.Require(setting, question, validator, reader.ReadExactBytes(Signatures.Length), setting.Coordinator);
        reader.End();
        return (masked.Aggregate((a, b) => a.Concat(b)), approval);
    }

    /// <summary>Opens nothing that its sender has not masked: the coordinator would read residuals off it.</summary>
    private static void RequireMasks(MetricSetting setting, ProductQuestion question, Plaintexts numbers)
    {
        for (var i = 0; i < numbers.Count; i++)
        {
            if (System.Numerics.BigInteger.Abs(numbers.ToBigInteger(question.Key, i)).GetBitLength() > question.Key.Bits - MissingBits) continue;
            var validator = setting.Validators[i / question.MaskedCount];
            throw new ProtocolException(ProtocolErrorCode.InvalidContribution, $"{validator} has sent a number without a mask at {setting.Step}; nothing was opened.", setting.Step.Path, validator);
        }
    }
}
