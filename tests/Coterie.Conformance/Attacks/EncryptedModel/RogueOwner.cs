using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>A model owner that checks nothing and answers as its hooks say.</summary>
internal sealed class RogueOwner(MetricBench bench)
{
    /// <summary>What an opening is bound to.</summary>
    public Func<byte[], byte[]> Context { get; init; } = c => c;

    /// <summary>What it says of masked numbers, before it computes totals from them.</summary>
    public Func<Ciphertexts, Ciphertexts> Masked { get; init; } = m => m;

    /// <summary>Which totals it opens.</summary>
    public Func<Ciphertexts, Ciphertexts> Totals { get; init; } = t => t;

    /// <summary>The last thing it does to its answer.</summary>
    public Func<byte[], byte[]> Answer { get; init; } = a => a;

    /// <summary>All it has seen in clear.</summary>
    public Plaintexts? Seen { get; private set; }

    public async Task RunAsync(MetricSetting setting)
    {
        var (question, key) = (bench.Question(setting), bench.Key);
        var request = await setting.Session.Channel.ReceiveAsync(setting.Coordinator, setting.Step.Then("opening"), 1 << 24, CancellationToken.None);
        var (masked, terms) = Read(setting, question, request.Span);
        var shown = Masked(masked);
        var numbers = key.Open(shown, Context(question.OpeningContext(OwnerStep.MaskedNumbers, masked)));
        Seen = numbers.Messages;
        var totals = Totals(question.Totals(terms, numbers.Messages));
        var opened = key.Open(totals, Context(question.OpeningContext(OwnerStep.TotalNumbers, totals)));
        var writer = new WireWriter();
        writer.WriteBytes(numbers.Export());
        writer.WriteBytes(opened.Export());
        await setting.Session.Channel.SendAsync(setting.Coordinator, setting.Step.Then("opened"), Answer(writer.ToArray()), CancellationToken.None);
    }

    public static (Ciphertexts Masked, Ciphertexts Terms) Read(MetricSetting setting, ProductQuestion question, ReadOnlySpan<byte> request)
    {
        var reader = new WireReader(request, setting.Coordinator, setting.Step);
        var masked = new List<Ciphertexts>();
        foreach (var _ in setting.Validators)
        {
            masked.Add(reader.ReadCiphertexts(question.Key, question.MaskedCount));
            reader.ReadExactBytes(SHA256.HashSizeInBytes);
            reader.ReadExactBytes(Signatures.Length);
        }
        reader.ReadInt64();
        return (masked.Aggregate((a, b) => a.Concat(b)), reader.ReadCiphertexts(question.Key, question.Products));
    }
}
