using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// A function of shares by garbled circuits, row by row: the first party garbles, the second gets the labels of its shares by oblivious transfer, and labels of the result become additive
/// shares of both. One round trip, however many rows. Both see uniform numbers.
/// </summary>
/// <param name="Additive">The circuit of shares without their lowest bits.</param>
/// <param name="Inputs">Numbers that go in, a row.</param>
/// <param name="DroppedBits">Lowest bits of shares that do not go in. The sum of what is left is the number rounded up or down to a multiple of 2^DroppedBits, without a bias.</param>
internal sealed record GarbledFunction(AdditiveCircuit Additive, int Inputs, int DroppedBits)
{
    private const int Width = 64;

    /// <summary>Memory for the tables of rows that are garbled together.</summary>
    private const long BytesAtOnce = 1 << 26;

    /// <summary>The circuit.</summary>
    public Circuit Circuit => Additive.Circuit;

    /// <summary>Numbers that come out, a row.</summary>
    public int Outputs => Additive.Projection.Words;

    private int InputBits => Width - DroppedBits;

    /// <summary>A function of words of 64 bits without the lowest ones, to words of 64 bits.</summary>
    public static GarbledFunction Of(int inputs, int droppedBits, Func<CircuitBuilder, Word[], Word[]> function) =>
        new(AdditiveCircuit.Of(Width - droppedBits, inputs, function), inputs, droppedBits);

    /// <summary>Rows that are garbled together: the part's number, its first row, and how many there are.</summary>
    public IEnumerable<(int Part, int First, int Rows)> Parts(int rows)
    {
        var most = Math.Min(Circuit.InstancesWithin(BytesAtOnce), ExtensionReceiver.MaximumCount / Circuit.EvaluatorInputs);
        for (int first = 0, part = 0; first < rows; first += most, part++) yield return (part, first, Math.Min(most, rows - first));
    }

    /// <summary>Shares (rows x outputs) of the function of what the shares <paramref name="values"/> (rows x inputs) stand for.</summary>
    public async ValueTask<RingMatrix> ApplyAsync(TwoPartyLink link, RingMatrix values, CancellationToken cancellationToken) => await RunAsync(link, values, marks: null, cancellationToken);

    /// <summary>The same, of a function whose results are 0 or a constant, and exclusive-or shares of whether they are not 0.</summary>
    public async ValueTask<(RingMatrix Shares, RingMatrix Marks)> MarkAsync(TwoPartyLink link, RingMatrix values, CancellationToken cancellationToken)
    {
        var marks = new ulong[values.Rows * Outputs];
        return (await RunAsync(link, values, marks, cancellationToken), new RingMatrix(values.Rows, Outputs, marks));
    }

    private async ValueTask<RingMatrix> RunAsync(TwoPartyLink link, RingMatrix values, ulong[]? marks, CancellationToken cancellationToken)
    {
        if (link.Circuits is { } circuits) return await circuits.ApplyAsync(this, link, values, marks, cancellationToken);
        using var step = link.Begin();
        var results = new ulong[values.Rows * Outputs];
        foreach (var (part, first, rows) in Parts(values.Rows))
        {
            if (link.Tally is { } tally)
            {
                tally.Add(ValueHolder.Second, ExtensionReceiver.MessageBytes(rows * Circuit.EvaluatorInputs));
                tally.Add(ValueHolder.First, MessageBytes(rows));
                continue;
            }
            var bits = ShareBits(values.Values.Slice(first * Inputs, rows * Inputs), link.Format.IsFirst);
            var (taken, marked) = link.Format.IsFirst
                ? await GarbleAsync(link, step, part, bits, rows, marks is not null, cancellationToken)
                : await EvaluateAsync(link, step, part, bits, rows, marks is not null, cancellationToken);
            CryptographicOperations.ZeroMemory(bits);
            taken.CopyTo(results.AsSpan(first * Outputs));
            marked?.CopyTo(marks.AsSpan(first * Outputs));
        }
        return new RingMatrix(values.Rows, Outputs, results);
    }

    private async ValueTask<(ulong[] Shares, ulong[]? Marks)> GarbleAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, byte[] bits, int rows, bool isMarked, CancellationToken cancellationToken)
    {
        var count = rows * Circuit.EvaluatorInputs;
        var question = await step.ReceiveAsync($"choices-{part}", ExtensionReceiver.MessageBytes(count), cancellationToken);
        using var transfers = step.Checked(() => link.Sends.Accept(question.Span, count));
        using var garbled = link.Garbler!.Garble(Circuit, rows, transfers.TakeCorrelated());
        var (outputs, shares) = garbled.Project(Additive.Projection);
        var marks = isMarked ? garbled.Marks(Additive.Projection) : null;
        var message = new byte[MessageBytes(rows)];
        garbled.Tables.Span.CopyTo(message);
        MemoryMarshal.AsBytes(garbled.EncodeGarbler(bits).AsSpan()).CopyTo(message.AsSpan(garbled.Tables.Length));
        outputs.CopyTo(message.AsSpan(message.Length - outputs.Length));
        await step.SendAsync($"garbled-{part}", message, cancellationToken);
        return (shares, marks);
    }

    private async ValueTask<(ulong[] Shares, ulong[]? Marks)> EvaluateAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, byte[] bits, int rows, bool isMarked, CancellationToken cancellationToken)
    {
        using var transfers = link.Receives.Extend(bits, rows * Circuit.EvaluatorInputs, link.Random);
        await step.SendAsync($"choices-{part}", transfers.Message, cancellationToken);
        var message = await step.ReceiveAsync($"garbled-{part}", MessageBytes(rows), cancellationToken);
        return step.Checked(() =>
        {
            var outputs = message.Span[^Additive.Projection.RowBytes(rows)..];
            var tables = message.Span[..^(LabelBytes(rows) + outputs.Length)];
            var labels = MemoryMarshal.Cast<byte, UInt128>(message.Span.Slice(tables.Length, LabelBytes(rows)));
            var evaluated = link.Evaluator!.Evaluate(Circuit, rows, tables, labels, transfers.TakeCorrelated());
            return (evaluated.Project(Additive.Projection, outputs), isMarked ? evaluated.Marks(Additive.Projection) : null);
        });
    }

    /// <summary>
    /// The upper bits of shares. Dropping the lower ones of both rounds the sum down, and once more where they carry: by one unit in the mean, which the first party adds.
    /// </summary>
    public byte[] ShareBits(ReadOnlySpan<ulong> shares, bool isFirst)
    {
        if (DroppedBits == 0) return PackedBits.FromWords(shares, Width);
        var upper = new ulong[shares.Length];
        var unit = isFirst ? 1UL << DroppedBits : 0;
        for (var i = 0; i < upper.Length; i++) upper[i] = unchecked(shares[i] + unit) >> DroppedBits;
        var bits = PackedBits.FromWords(upper, InputBits);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(upper.AsSpan()));
        return bits;
    }

    /// <summary>Bytes of the labels of the garbler's inputs.</summary>
    public int LabelBytes(int rows) => checked(rows * Circuit.GarblerInputs * 16);

    private int MessageBytes(int rows) => checked(Circuit.BatchBytes(rows) + LabelBytes(rows) + Additive.Projection.RowBytes(rows));
}
