using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// What two parties compute over: their channel, oblivious transfers in both directions, and a session of garbled circuits, of which the first party is the garbler. Steps are numbered,
/// equally at both, so that one step is on its way at a time.
/// </summary>
internal sealed class TwoPartyLink : IDisposable
{
    private readonly IChannel _channel;
    private readonly PartyId _peer;
    private readonly StepTag _tag;
    private int _steps;
    private int _running;

    private TwoPartyLink(IChannel channel, PartyId peer, StepTag tag, TwoPartyFormat format, CryptographicRandom random, ExtensionSender sends, ExtensionReceiver receives, Garbler? garbler, CircuitEvaluator? evaluator) =>
        (_channel, _peer, _tag, Format, Random, Sends, Receives, Garbler, Evaluator) = (channel, peer, tag, format, random, sends, receives, garbler, evaluator);

    /// <summary>This party's view of numbers.</summary>
    public TwoPartyFormat Format { get; }

    /// <summary>Where masks and labels come from.</summary>
    public CryptographicRandom Random { get; }

    /// <summary>Transfers that this party sends.</summary>
    public ExtensionSender Sends { get; }

    /// <summary>Transfers that this party receives.</summary>
    public ExtensionReceiver Receives { get; }

    /// <summary>At the first party.</summary>
    public Garbler? Garbler { get; }

    /// <summary>At the second party.</summary>
    public CircuitEvaluator? Evaluator { get; }

    /// <summary>Round trips so far.</summary>
    public int Steps => _steps;

    /// <summary>Makes base transfers in both directions and agrees on a session of garbled circuits.</summary>
    /// <param name="channel">This party's network.</param>
    /// <param name="run">What names the run, equally at both: the roster's digest.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party is the first of the two.</param>
    /// <param name="tag">What all messages lie below; used once.</param>
    /// <param name="random">Where secrets come from.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step.</exception>
    public static async Task<TwoPartyLink> ConnectAsync(IChannel channel, ReadOnlyMemory<byte> run, PartyId peer, bool isFirst, StepTag tag, CryptographicRandom random, CancellationToken cancellationToken)
    {
        var setup = tag.Then("transfers");
        // The extension's sender receives base transfers. The garbler's offset has its lowest bit set: it tells the colours of labels.
        var (mine, theirs) = (NameOf(run.Span, tag, isFirst), NameOf(run.Span, tag, !isFirst));
        using var offering = BaseTransferSender.Create(theirs, random);
        await channel.SendAsync(peer, setup.Then("offer"), offering.Message, cancellationToken);
        var offer = await channel.ReceiveAsync(peer, setup.Then("offer"), offering.Message.Length, cancellationToken);
        var offset = new UInt128(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(random.Bytes(8)), System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(random.Bytes(8))) | 1;
        var (seeds, reply) = Checked(peer, setup, () => BaseTransferReceiver.Answer(mine, offer.Span, offset, random));
        await channel.SendAsync(peer, setup.Then("reply"), reply, cancellationToken);
        var answer = await channel.ReceiveAsync(peer, setup.Then("reply"), reply.Length, cancellationToken);
        var pairs = Checked(peer, setup, () => offering.Finish(answer.Span));
        var (sends, receives) = (new ExtensionSender(seeds), new ExtensionReceiver(pairs));
        var format = new TwoPartyFormat(isFirst);
        if (isFirst)
        {
            var garbler = new Garbler(random, offset);
            await channel.SendAsync(peer, setup.Then("start"), garbler.Start, cancellationToken);
            return new TwoPartyLink(channel, peer, tag, format, random, sends, receives, garbler, null);
        }
        var start = await channel.ReceiveAsync(peer, setup.Then("start"), Garbler.StartLength, cancellationToken);
        return new TwoPartyLink(channel, peer, tag, format, random, sends, receives, null, Checked(peer, setup, () => new CircuitEvaluator(start.Span)));
    }

    /// <summary>The next step; one at a time.</summary>
    /// <exception cref="InvalidOperationException">One is under way.</exception>
    public Step Begin()
    {
        if (Interlocked.Exchange(ref _running, 1) == 1) throw new InvalidOperationException("Two steps between the same two parties overlap; await the first.");
        return new Step(this, _tag.Then(_steps++));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sends.Dispose();
        Receives.Dispose();
        Garbler?.Dispose();
    }

    /// <summary>What a primitive refuses of a peer's message is the peer's doing.</summary>
    private static T Checked<T>(PartyId peer, StepTag step, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{peer} sent what is no message of {step}: {refused.Message}", step.Path, peer);
        }
    }

    /// <summary>32 bytes that name one direction of transfers of one pair in one run.</summary>
    private static byte[] NameOf(ReadOnlySpan<byte> run, StepTag tag, bool isFirstSending)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie two parties v1");
        writer.WriteBytes(run);
        writer.WriteText(tag.Path);
        writer.WriteByte(isFirstSending ? (byte)1 : (byte)0);
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>Messages of one step.</summary>
    public readonly struct Step(TwoPartyLink link, StepTag tag) : IDisposable
    {
        /// <summary>Sends part of a step.</summary>
        public ValueTask SendAsync(string part, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
            link._channel.SendAsync(link._peer, tag.Then(part), payload, cancellationToken);

        /// <summary>Receives part of a step, of so many bytes.</summary>
        /// <exception cref="ProtocolException">Another number of bytes.</exception>
        public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(string part, long bytes, CancellationToken cancellationToken)
        {
            var step = tag.Then(part);
            var message = await link._channel.ReceiveAsync(link._peer, step, checked((int)bytes), cancellationToken);
            return message.Length == bytes
                ? message
                : throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{link._peer} sent {message.Length} bytes at {step}; {bytes} are expected.", step.Path, link._peer);
        }

        /// <inheritdoc cref="TwoPartyLink.Checked"/>
        public T Checked<T>(Func<T> read) => TwoPartyLink.Checked(link._peer, tag, read);

        /// <summary>Ends the step.</summary>
        public void Dispose() => Volatile.Write(ref link._running, 0);
    }
}
