using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>A validator that follows the protocol with other numbers, signs them, and approves of what it is shown.</summary>
internal sealed class RogueValidator(MetricBench bench)
{
    /// <summary>What it sends in place of masked numbers and terms.</summary>
    public Func<ProductQuestion, MaskedRows, MaskedRows> Masked { get; init; } = (_, m) => m;

    public async Task RunAsync(MetricSetting setting)
    {
        var (session, question) = (setting.Session, bench.Question(setting));
        var rows = ReducedRows.Of(bench.Shards[session.Self], setting.Terms);
        var masked = Masked(question, MaskedRows.Of(question, setting.Terms, rows, CryptographicRandom.Instance, PaillierOptions.Default));
        var writer = new WireWriter();
        writer.WriteInt32(rows.Count);
        writer.WriteBytes(masked.Masked.Key.ToBytes(masked.Masked));
        writer.WriteBytes(masked.Terms.Key.ToBytes(masked.Terms));
        writer.WriteBytes(session.Signer.Sign(Privacy.EncryptedModel.Metric.Masked.Statement(
            question, session.Self, Privacy.EncryptedModel.Metric.Masked.DigestOf(masked.Masked), Privacy.EncryptedModel.Metric.Masked.DigestOf(rows.Count, masked.Terms))));
        await session.Channel.SendAsync(setting.Coordinator, setting.Step.Then("masked"), writer.WrittenMemory, CancellationToken.None);

        var told = await session.Channel.ReceiveAsync(setting.Coordinator, setting.Step.Then("terms"), 1 << 24, CancellationToken.None);
        var all = Listed.Read(setting, question, told.Span);
        await session.Channel.SendAsync(setting.Coordinator, setting.Step.Then("approved"), session.Signer.Sign(Approval.Of(all).Statement(question, session.Self)), CancellationToken.None);
    }

    /// <summary>The same plaintexts under a key of somebody else.</summary>
    public static Ciphertexts Under(PaillierSecretKey other, ProductQuestion question, Ciphertexts ciphertexts)
    {
        // Whatever they hold; below the square of the owner's modulus, so that they are numbers like others.
        while (true)
        {
            var foreign = other.PublicKey.Encrypt(new Plaintexts(ciphertexts.Count, other.PublicKey.Words), CryptographicRandom.Instance);
            try
            {
                return question.Key.FromBytes(other.PublicKey.ToBytes(foreign), foreign.Count);
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                // Above it: drawn again.
            }
        }
    }
}
