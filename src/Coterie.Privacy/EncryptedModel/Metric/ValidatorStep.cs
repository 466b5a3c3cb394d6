using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// A validator's side: step 1, masked numbers and terms leave, once; step 3, it adds up what all validators sent, and approves of that sum and no other.
/// It never sees masked numbers in clear, its own least of all: with its masks it would read the model off them.
/// </summary>
internal static class ValidatorStep
{
    public static async Task RunAsync(MetricSetting setting, ProductQuestion question, Shard mine, CancellationToken cancellationToken)
    {
        var (session, coordinator) = (setting.Session, setting.Coordinator);
        var rows = ReducedRows.Of(mine, setting.Terms);
        await OpeningBudget.SpendAsync(setting, question, cancellationToken);
        var random = await MaskSecret.OfAsync(setting, question, rows, cancellationToken);
        var masked = MaskedRows.Of(question, setting.Terms, rows, random, setting.Options);

        var statement = Masked.Statement(question, session.Self, Masked.DigestOf(masked.Masked), Masked.DigestOf(rows.Count, masked.Terms));
        await session.OnceOnly.ClaimAsync(setting.Step.Then("masked").Path, SHA256.HashData(statement), cancellationToken);
        var writer = new WireWriter();
        writer.WriteInt32(rows.Count);
        writer.WriteBytes(question.Key.ToBytes(masked.Masked));
        writer.WriteBytes(question.Key.ToBytes(masked.Terms));
        writer.WriteBytes(session.Signer.Sign(statement));
        await session.Channel.SendAsync(coordinator, setting.Step.Then("masked"), writer.WrittenMemory, cancellationToken);

        var maximum = setting.Validators.Length * Reading.CiphertextBytes(question, question.Products + 1);
        var told = await session.Channel.ReceiveAsync(coordinator, setting.Step.Then("terms"), maximum, cancellationToken);
        var approval = Read(setting, question, told.Span, statement);
        session.Transcript.Record(new Opening("number of rows of each validator", session.Self, setting.Step.Then("terms"), setting.Validators.Length, 0));
        var approved = approval.Statement(question, session.Self);
        await session.OnceOnly.ClaimAsync(setting.Step.Then("approved").Path, SHA256.HashData(approved), cancellationToken);
        await session.Channel.SendAsync(coordinator, setting.Step.Then("approved"), session.Signer.Sign(approved), cancellationToken);
    }

    /// <summary>What the coordinator passes on of all validators; each has to have signed it, this one included.</summary>
    private static Approval Read(MetricSetting setting, ProductQuestion question, ReadOnlySpan<byte> told, ReadOnlySpan<byte> own)
    {
        var reader = new WireReader(told, setting.Coordinator, setting.Step.Then("terms"));
        var all = new List<(int, Ciphertexts, Masked)>();
        foreach (var validator in setting.Validators)
        {
            var rows = reader.ReadInt32(1, setting.Terms.RowsAtMost);
            var digest = reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray();
            var terms = reader.ReadCiphertexts(question.Key, question.Products);
            var said = new Masked(validator, digest, Masked.DigestOf(rows, terms), reader.ReadExactBytes(Signatures.Length).ToArray());
            said.Require(setting, question, setting.Coordinator);
            if (validator == setting.Session.Self && !Masked.Statement(question, validator, said.MaskedDigest, said.TermsDigest).AsSpan().SequenceEqual(own))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator does not pass on what {validator} sent at {setting.Step}.", setting.Step.Path, setting.Coordinator);
            all.Add((rows, terms, said));
        }
        reader.End();
        return Approval.Of(all);
    }
}
