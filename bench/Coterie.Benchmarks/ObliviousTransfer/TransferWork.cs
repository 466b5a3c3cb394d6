using System.Runtime.InteropServices;
using Coterie.Benchmarks.Measuring;
using Coterie.Core.Randomness;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Benchmarks.ObliviousTransfer;

/// <summary>Processor time of the receiver of transfers and of their sender, and what each sends.</summary>
internal readonly record struct TransferCost(double Receiver, double Sender, long Received, long Sent);

/// <summary>Both ends of an extension, and repeated steps between them, timed apart on one thread.</summary>
internal sealed class TransferWork : IDisposable
{
    private const int Repeats = 11;
    private const int WarmUps = 5;

    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    private readonly ExtensionReceiver _receiver;
    private readonly ExtensionSender _sender;

    public TransferWork()
    {
        var session = Random.Bytes(32);
        using var offer = BaseTransferSender.Create(session, Random);
        var (seeds, reply) = BaseTransferReceiver.Answer(session, offer.Message.Span, 5, Random);
        (_receiver, _sender) = (new ExtensionReceiver(offer.Finish(reply)), new ExtensionSender(seeds));
    }

    /// <summary>One set of base transfers; the extension's receiver sends it.</summary>
    public static TransferCost Base() => Median(() =>
    {
        var session = Random.Bytes(32);
        var start = CpuClock.Thread;
        using var sender = BaseTransferSender.Create(session, Random);
        var offered = CpuClock.Thread;
        var (seeds, reply) = BaseTransferReceiver.Answer(session, sender.Message.Span, 5, Random);
        var answered = CpuClock.Thread;
        sender.Finish(reply).Dispose();
        var finished = CpuClock.Thread;
        seeds.Dispose();
        return new TransferCost((answered - offered).TotalSeconds, (offered - start + (finished - answered)).TotalSeconds, reply.Length, sender.Message.Length);
    });

    /// <summary>A batch and its outputs.</summary>
    public TransferCost Batch(int count, Func<SenderBatch, byte[]> send, Action<ReceiverBatch, byte[]> receive)
    {
        var choices = Random.Bytes((count + 7) / 8);
        return Median(() =>
        {
            var start = CpuClock.Thread;
            using var receiving = _receiver.Extend(choices, count, Random);
            var asked = CpuClock.Thread;
            using var sending = _sender.Accept(receiving.Message.Span, count);
            var answer = send(sending);
            var answered = CpuClock.Thread;
            receive(receiving, answer);
            var finished = CpuClock.Thread;
            return new TransferCost((asked - start + (finished - answered)).TotalSeconds, (answered - asked).TotalSeconds, receiving.Message.Length, answer.Length);
        });
    }

    /// <summary>A product; shares are checked once.</summary>
    public TransferCost Product(ProductShape shape)
    {
        var (left, right) = (new ulong[shape.LeftEntries], new ulong[shape.RightEntries]);
        Random.Fill(MemoryMarshal.AsBytes(left.AsSpan()));
        Random.Fill(MemoryMarshal.AsBytes(right.AsSpan()));
        foreach (ref var entry in right.AsSpan()) entry = unchecked((ulong)((long)entry >> (64 - shape.Bits)));
        return Median(() =>
        {
            var start = CpuClock.Thread;
            using var question = ProductQuestion.Create(shape, right, _receiver, Random);
            var asked = CpuClock.Thread;
            var (answer, first) = ProductAnswer.Create(shape, left, question.Message.Span, _sender);
            var answered = CpuClock.Thread;
            var second = question.Finish(answer);
            var finished = CpuClock.Thread;
            if (shape.IsScaled ? unchecked(first[0] + second[0] != left[0] * right[0]) : !IsFirstEntry(shape, left, right, unchecked(first[0] + second[0])))
                throw new InvalidOperationException("The shares do not add up to the product.");
            return new TransferCost((asked - start + (finished - answered)).TotalSeconds, (answered - asked).TotalSeconds, question.Message.Length, answer.Length);
        });
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }

    private static bool IsFirstEntry(ProductShape shape, ulong[] left, ulong[] right, ulong entry)
    {
        var sum = 0UL;
        for (var k = 0; k < shape.Inner; k++) sum = unchecked(sum + (left[k] * right[k * shape.Columns]));
        return sum == entry;
    }

    private static TransferCost Median(Func<TransferCost> once)
    {
        for (var i = 0; i < WarmUps; i++) once();
        TransferCost[] all = [.. Enumerable.Range(0, Repeats).Select(_ => once())];
        return all[0] with { Receiver = Stopwatches.Median([.. all.Select(c => c.Receiver)]), Sender = Stopwatches.Median([.. all.Select(c => c.Sender)]) };
    }
}
