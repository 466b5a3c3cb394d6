using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// The coordinator's side: step 2, it collects and passes on terms; step 4, it shows the model owner what was masked and approved; step 6, it checks that
/// the owner has opened truly and computes the totals' ciphertexts itself before it believes what is said to be in them.
/// </summary>
internal static class CoordinatorStep
{
    public static async Task<OpenedTotals> RunAsync(MetricSetting setting, ProductQuestion question, CancellationToken cancellationToken)
    {
        var (session, channel) = (setting.Session, setting.Session.Channel);
        var all = new List<(int Rows, Ciphertexts Masked, Ciphertexts Terms, Masked Said)>();
        var maximum = Reading.CiphertextBytes(question, question.MaskedCount + question.Products + 1);
        foreach (var validator in setting.Validators)
            all.Add(Read(setting, question, validator, (await channel.ReceiveAsync(validator, setting.Step.Then("masked"), maximum, cancellationToken)).Span));
        session.Transcript.Record(new Opening("number of rows of each validator", session.Self, setting.Step.Then("masked"), all.Count, 0));

        var writer = new WireWriter();
        foreach (var (rows, _, terms, said) in all)
        {
            writer.WriteInt32(rows);
            writer.WriteBytes(said.MaskedDigest);
            writer.WriteBytes(question.Key.ToBytes(terms));
            writer.WriteBytes(said.Signature);
        }
        foreach (var validator in setting.Validators) await channel.SendAsync(validator, setting.Step.Then("terms"), writer.WrittenMemory, cancellationToken);
        var approval = Approval.Of([.. all.Select(v => (v.Rows, v.Terms, v.Said))]);

        writer = new WireWriter();
        foreach (var (_, masked, _, said) in all)
        {
            writer.WriteBytes(question.Key.ToBytes(masked));
            writer.WriteBytes(said.TermsDigest);
            writer.WriteBytes(said.Signature);
        }
        writer.WriteInt64(approval.Rows);
        writer.WriteBytes(question.Key.ToBytes(approval.Terms));
        foreach (var validator in setting.Validators)
        {
            var step = setting.Step.Then("approved");
            var signature = await channel.ReceiveAsync(validator, step, Signatures.Length, cancellationToken);
            approval.Require(setting, question, validator, signature.Span, validator);
            writer.WriteBytes(signature.Span);
        }
        await channel.SendAsync(setting.Owner, setting.Step.Then("opening"), writer.WrittenMemory, cancellationToken);

        var answer = Reading.OpeningBytes(question, all.Count * question.MaskedCount) + Reading.OpeningBytes(question, question.Products);
        var opened = await channel.ReceiveAsync(setting.Owner, setting.Step.Then("opened"), answer, cancellationToken);
        return Verify(setting, question, opened.Span, all.Select(v => v.Masked).Aggregate((a, b) => a.Concat(b)), approval);
    }

    private static (int, Ciphertexts, Ciphertexts, Masked) Read(MetricSetting setting, ProductQuestion question, PartyId validator, ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message, validator, setting.Step.Then("masked"));
        var rows = reader.ReadInt32(1, setting.Terms.RowsAtMost);
        var masked = reader.ReadCiphertexts(question.Key, question.MaskedCount);
        var terms = reader.ReadCiphertexts(question.Key, question.Products);
        var said = new Masked(validator, Masked.DigestOf(masked), Masked.DigestOf(rows, terms), reader.ReadExactBytes(Signatures.Length).ToArray());
        reader.End();
        said.Require(setting, question, validator);
        return (rows, masked, terms, said);
    }

    private static OpenedTotals Verify(MetricSetting setting, ProductQuestion question, ReadOnlySpan<byte> opened, Ciphertexts masked, Approval approval)
    {
        var reader = new WireReader(opened, setting.Owner, setting.Step.Then("opened"));
        var numbers = reader.ReadOpening(question, OwnerStep.MaskedNumbers, masked, setting, setting.Options);
        var totals = reader.ReadOpening(question, OwnerStep.TotalNumbers, question.Totals(approval.Terms, numbers), setting, setting.Options);
        reader.End();
        return OpenedTotals.Of(setting, question, totals, approval.Rows);
    }
}
