using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// A garbled function whose circuits are there before its inputs. Ahead, the evaluator takes uniform words r for its inputs, gets their labels by oblivious transfer, and the garbler's tables and
/// output rows. When the shares are there it sends (its share - r) modulo 2^64, which is uniform; the garbler adds it to its own share and sends the labels of the sum. Shares (g + e - r) and r
/// are shares of the same number.
/// </summary>
internal static class PreparedCircuit
{
    /// <summary>What does not depend on inputs.</summary>
    public static async ValueTask PrepareAsync(TwoPartyLink link, CircuitStep circuit, PreparedPieces pieces, CancellationToken cancellationToken)
    {
        using var step = link.Begin();
        foreach (var (part, _, rows) in circuit.Function.Parts(circuit.Rows))
        {
            if (link.Format.IsFirst) await GarbleAsync(link, step, part, circuit.Function, rows, pieces, cancellationToken);
            else await AskAsync(link, step, part, circuit.Function, rows, pieces, cancellationToken);
        }
    }

    /// <summary>The rest.</summary>
    /// <param name="link">The round's.</param>
    /// <param name="evaluator">Of what was prepared; null at the garbler.</param>
    /// <param name="circuit">The step.</param>
    /// <param name="values">This party's shares.</param>
    /// <param name="marks">Takes exclusive-or shares of whether results are not 0, where these are wanted.</param>
    /// <param name="pieces">What was prepared.</param>
    /// <param name="claim">Records the digest of a message before it leaves.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async ValueTask<RingMatrix> ApplyAsync(
        TwoPartyLink link, CircuitEvaluator? evaluator, CircuitStep circuit, RingMatrix values, ulong[]? marks, PreparedPieces pieces, PreparedClaim claim, CancellationToken cancellationToken)
    {
        var function = circuit.Function;
        using var step = link.Begin();
        var results = new ulong[values.Rows * function.Outputs];
        foreach (var (part, first, rows) in function.Parts(values.Rows))
        {
            var shares = values.Values.Slice(first * function.Inputs, rows * function.Inputs).ToArray();
            var (taken, marked) = evaluator is null
                ? await EncodeAsync(link, step, part, function, rows, shares, pieces, claim, cancellationToken)
                : await EvaluateAsync(step, part, evaluator, function, rows, shares, pieces, claim, cancellationToken);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(shares.AsSpan()));
            taken.CopyTo(results.AsSpan(first * function.Outputs));
            if (marks is not null) marked!.CopyTo(marks.AsSpan(first * function.Outputs));
        }
        return new RingMatrix(values.Rows, function.Outputs, results);
    }

    private static async ValueTask GarbleAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, GarbledFunction function, int rows, PreparedPieces pieces, CancellationToken cancellationToken)
    {
        var count = rows * function.Circuit.EvaluatorInputs;
        var question = await step.ReceiveAsync($"choices-{part}", ExtensionReceiver.MessageBytes(count), cancellationToken);
        using var transfers = step.Checked(() => link.Sends.Accept(question.Span, count));
        using var garbled = link.Garbler!.Garble(function.Circuit, rows, transfers.TakeCorrelated());
        var (outputs, shares) = garbled.Project(function.Additive.Projection);
        await pieces.WriteAsync(garbled.DeferGarbler().Export(), cancellationToken);
        await pieces.WriteAsync(PreparedPieces.ToBytes(shares), cancellationToken);
        if (function.Additive.Projection.IsOfMarks) await pieces.WriteAsync(PackedBits.FromWords(garbled.Marks(function.Additive.Projection), 1), cancellationToken);
        await step.SendAsync($"garbled-{part}", (byte[])[.. garbled.Tables.Span, .. outputs], cancellationToken);
    }

    private static async ValueTask AskAsync(TwoPartyLink link, TwoPartyLink.Step step, int part, GarbledFunction function, int rows, PreparedPieces pieces, CancellationToken cancellationToken)
    {
        var mask = new ulong[rows * function.Inputs];
        link.Random.Fill(MemoryMarshal.AsBytes(mask.AsSpan()));
        var bits = function.ShareBits(mask, isFirst: false);
        using var transfers = link.Receives.Extend(bits, rows * function.Circuit.EvaluatorInputs, link.Random);
        await step.SendAsync($"choices-{part}", transfers.Message, cancellationToken);
        var garbled = await step.ReceiveAsync($"garbled-{part}", GarbledBytes(function, rows), cancellationToken);
        await pieces.WriteAsync(PreparedPieces.ToBytes(mask), cancellationToken);
        await pieces.WriteAsync(MemoryMarshal.AsBytes(transfers.TakeCorrelated().AsSpan()).ToArray(), cancellationToken);
        await pieces.WriteAsync(garbled, cancellationToken);
        CryptographicOperations.ZeroMemory(bits);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(mask.AsSpan()));
    }

    private static async ValueTask<(ulong[] Shares, ulong[]? Marks)> EncodeAsync(
        TwoPartyLink link, TwoPartyLink.Step step, int part, GarbledFunction function, int rows, ulong[] shares, PreparedPieces pieces, PreparedClaim claim, CancellationToken cancellationToken)
    {
        var inputs = DeferredInputs.Import(await pieces.ReadAsync(DeferredInputs.Length, cancellationToken));
        var results = await pieces.ReadWordsAsync(rows * function.Outputs, cancellationToken);
        var marks = function.Additive.Projection.IsOfMarks
            ? PackedBits.ToWords(await pieces.ReadAsync(PackedBits.Bytes((long)rows * function.Outputs), cancellationToken), rows * function.Outputs, 1) : null;
        var difference = await step.ReceiveAsync($"difference-{part}", DifferenceBytes(function, rows), cancellationToken);
        var words = PreparedPieces.FromBytes(difference.Span);
        for (var i = 0; i < words.Length; i++) words[i] = unchecked(words[i] + shares[i]);
        var bits = function.ShareBits(words, isFirst: true);
        var labels = MemoryMarshal.AsBytes(inputs.Encode(function.Circuit, rows, link.Sends.Offset, bits).AsSpan()).ToArray();
        await claim.ClaimAsync($"labels-{part}", labels, cancellationToken);
        await step.SendAsync($"labels-{part}", labels, cancellationToken);
        CryptographicOperations.ZeroMemory(bits);
        return (results, marks);
    }

    private static async ValueTask<(ulong[] Shares, ulong[]? Marks)> EvaluateAsync(
        TwoPartyLink.Step step, int part, CircuitEvaluator evaluator, GarbledFunction function, int rows, ulong[] shares, PreparedPieces pieces, PreparedClaim claim,
        CancellationToken cancellationToken)
    {
        var mask = await pieces.ReadWordsAsync(rows * function.Inputs, cancellationToken);
        for (var i = 0; i < mask.Length; i++) mask[i] = unchecked(shares[i] - mask[i]);
        var difference = PreparedPieces.ToBytes(mask);
        await claim.ClaimAsync($"difference-{part}", difference, cancellationToken);
        await step.SendAsync($"difference-{part}", difference, cancellationToken);
        var own = await pieces.ReadAsync(checked(rows * function.Circuit.EvaluatorInputs * 16), cancellationToken);
        var garbled = await pieces.ReadAsync(checked((int)GarbledBytes(function, rows)), cancellationToken);
        var labels = await step.ReceiveAsync($"labels-{part}", function.LabelBytes(rows), cancellationToken);
        return step.Checked(() =>
        {
            var outputs = garbled.AsSpan()[^function.Additive.Projection.RowBytes(rows)..];
            var theirs = MemoryMarshal.Cast<byte, UInt128>(labels.Span);
            var mine = MemoryMarshal.Cast<byte, UInt128>(own.AsSpan());
            var evaluated = evaluator.Evaluate(function.Circuit, rows, garbled.AsSpan()[..^outputs.Length], theirs, mine);
            var projection = function.Additive.Projection;
            return (evaluated.Project(projection, outputs), projection.IsOfMarks ? evaluated.Marks(projection) : null);
        });
    }

    /// <summary>Bytes that the evaluator sends for so many rows.</summary>
    public static long DifferenceBytes(GarbledFunction function, int rows) => (long)rows * function.Inputs * sizeof(ulong);

    /// <summary>Bytes that the garbler sends ahead.</summary>
    public static long GarbledBytes(GarbledFunction function, int rows) => (long)function.Circuit.BatchBytes(rows) + function.Additive.Projection.RowBytes(rows);
}
