using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// A function of shares by garbled circuits, row by row: the first party garbles, the second gets the labels of its shares by oblivious transfer, and what it decodes is its share
/// of the result, the other being the garbler's mask. One round trip, however many rows. Both see uniform numbers.
/// </summary>
/// <param name="Circuit">Of additive shares (see <see cref="SharedCircuit.Additive"/>).</param>
/// <param name="Inputs">Numbers that go in, a row.</param>
/// <param name="Outputs">Numbers that come out.</param>
internal sealed record GarbledFunction(Circuit Circuit, int Inputs, int Outputs)
{
    private const int Width = 64;

    /// <summary>Memory for the tables of rows that are garbled together.</summary>
    private const long BytesAtOnce = 1 << 26;

    /// <summary>A function of words of 64 bits.</summary>
    public static GarbledFunction Of(int inputs, int outputs, Func<CircuitBuilder, Word[], Word[]> function) => new(SharedCircuit.Additive(Width, inputs, function), inputs, outputs);

    /// <summary>Shares (rows x outputs) of the function of what the shares <paramref name="values"/> (rows x inputs) stand for.</summary>
    public async ValueTask<RingMatrix> ApplyAsync(TwoPartyLink link, RingMatrix values, CancellationToken cancellationToken)
    {
        using var step = link.Begin();
        var results = new ulong[values.Rows * Outputs];
        var most = Math.Min(Circuit.InstancesWithin(BytesAtOnce), ExtensionReceiver.MaximumCount / Circuit.EvaluatorInputs);
        for (int first = 0, part = 0; first < values.Rows; first += most, part++)
        {
            var rows = Math.Min(most, values.Rows - first);
            if (link.Tally is { } tally)
            {
                tally.Add(ValueHolder.Second, ExtensionReceiver.MessageBytes(rows * Circuit.EvaluatorInputs));
                tally.Add(ValueHolder.First, MessageBytes(rows));
                continue;
            }
            var given = values.Values.Slice(first * Inputs, rows * Inputs).ToArray();
            var taken = link.Format.IsFirst
                ? await GarbleAsync(link, step, part, given, rows, cancellationToken)
                : await EvaluateAsync(link, step, part, given, rows, cancellationToken);
            taken.CopyTo(results.AsSpan(first * Outputs));
        }
        return new RingMatrix(values.Rows, Outputs, results);
    }

    private async ValueTask<ulong[]> GarbleAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, ulong[] shares, int rows, CancellationToken cancellationToken)
    {
        var count = rows * Circuit.EvaluatorInputs;
        var question = await step.ReceiveAsync($"choices-{part}", ExtensionReceiver.MessageBytes(count), cancellationToken);
        using var transfers = step.Checked(() => link.Sends.Accept(question.Span, count));
        using var garbled = link.Garbler!.Garble(Circuit, rows, transfers.TakeCorrelated());
        var masks = new ulong[rows * Outputs];
        link.Random.Fill(MemoryMarshal.AsBytes(masks.AsSpan()));
        var inputs = new ulong[rows * (Inputs + Outputs)];
        for (var i = 0; i < rows; i++)
        {
            shares.AsSpan(i * Inputs, Inputs).CopyTo(inputs.AsSpan(i * (Inputs + Outputs)));
            masks.AsSpan(i * Outputs, Outputs).CopyTo(inputs.AsSpan((i * (Inputs + Outputs)) + Inputs));
        }
        var bits = PackedBits.FromWords(inputs, Width);
        var message = new byte[MessageBytes(rows)];
        garbled.Tables.Span.CopyTo(message);
        MemoryMarshal.AsBytes(garbled.EncodeGarbler(bits).AsSpan()).CopyTo(message.AsSpan(garbled.Tables.Length));
        garbled.Decoding(0, Circuit.Outputs.Length).CopyTo(message.AsSpan(message.Length - DecodingBytes(rows)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(inputs.AsSpan()));
        CryptographicOperations.ZeroMemory(bits);
        await step.SendAsync($"garbled-{part}", message, cancellationToken);
        return masks;
    }

    private async ValueTask<ulong[]> EvaluateAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, ulong[] shares, int rows, CancellationToken cancellationToken)
    {
        using var transfers = link.Receives.Extend(PackedBits.FromWords(shares, Width), rows * Circuit.EvaluatorInputs, link.Random);
        await step.SendAsync($"choices-{part}", transfers.Message, cancellationToken);
        var message = await step.ReceiveAsync($"garbled-{part}", MessageBytes(rows), cancellationToken);
        return step.Checked(() =>
        {
            var tables = message.Span[..^(LabelBytes(rows) + DecodingBytes(rows))];
            var labels = MemoryMarshal.Cast<byte, UInt128>(message.Span.Slice(tables.Length, LabelBytes(rows)));
            var evaluated = link.Evaluator!.Evaluate(Circuit, rows, tables, labels, transfers.TakeCorrelated());
            return PackedBits.ToWords(evaluated.Decode(0, Circuit.Outputs.Length, message.Span[^DecodingBytes(rows)..]), rows * Outputs, Width);
        });
    }

    private int LabelBytes(int rows) => checked(rows * Circuit.GarblerInputs * 16);

    private int DecodingBytes(int rows) => PackedBits.Bytes((long)rows * Circuit.Outputs.Length);

    private int MessageBytes(int rows) => checked(Circuit.BatchBytes(rows) + LabelBytes(rows) + DecodingBytes(rows));
}
