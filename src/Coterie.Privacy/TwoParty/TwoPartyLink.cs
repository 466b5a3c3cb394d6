using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.TwoParty.Preparing;

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

    /// <summary>A link on which messages are counted and nothing is computed: shares are zeros.</summary>
    public static TwoPartyLink Counting(TwoPartyTally tally) =>
        new(null!, default, default, new TwoPartyFormat(IsFirst: true), CryptographicRandom.Instance, null!, null!, null, null) { Tally = tally };

    /// <summary>A link on which circuits are noted and nothing is computed: shares are zeros.</summary>
    public static TwoPartyLink Noting(ICircuitSteps circuits, TwoPartyFormat format) =>
        new(null!, default, default, format, CryptographicRandom.Instance, null!, null!, null, null) { Circuits = circuits };

    /// <summary>Who applies circuits in place of garbling them when they are wanted; else null.</summary>
    public ICircuitSteps? Circuits { get; set; }

    /// <summary>The start point of the garbler's hash keys.</summary>
    public ReadOnlyMemory<byte> Start { get; private init; }

    /// <summary>Whether both parties have said that they have this round's material.</summary>
    public bool IsPrepared { get; private init; }

    /// <summary>Where messages are counted instead of sent; else null.</summary>
    public TwoPartyTally? Tally { get; private init; }

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

    /// <summary>The link for one round.</summary>
    /// <param name="channel">This party's network.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party is the first of the two, which garbles.</param>
    /// <param name="seeds">The two parties' seeds.</param>
    /// <param name="tag">What all messages lie below; used once.</param>
    /// <param name="random">Where secrets come from.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step.</exception>
    public static Task<TwoPartyLink> OpenAsync(IChannel channel, PartyId peer, bool isFirst, TwoPartySeeds seeds, StepTag tag, CryptographicRandom random, CancellationToken cancellationToken) =>
        OpenAsync(channel, peer, isFirst, seeds, tag, random, default, cancellationToken);

    /// <summary>The link for one round of which something may be prepared. Where the first party has something it says what, and the second says whether it has the same.</summary>
    /// <param name="channel">This party's network.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party is the first of the two, which garbles.</param>
    /// <param name="seeds">The two parties' seeds.</param>
    /// <param name="tag">What all messages lie below; used once.</param>
    /// <param name="random">Where secrets come from.</param>
    /// <param name="prepared">Names what this party has prepared for the round: 32 bytes, or none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step.</exception>
    public static async Task<TwoPartyLink> OpenAsync(
        IChannel channel, PartyId peer, bool isFirst, TwoPartySeeds seeds, StepTag tag, CryptographicRandom random, ReadOnlyMemory<byte> prepared, CancellationToken cancellationToken)
    {
        var purpose = System.Text.Encoding.UTF8.GetBytes(tag.Path);
        var (sends, receives) = (new ExtensionSender(seeds.Sending.Derive(purpose)), new ExtensionReceiver(seeds.Receiving.Derive(purpose)));
        var format = new TwoPartyFormat(isFirst);
        var start = tag.Then("start");
        if (isFirst)
        {
            var garbler = new Garbler(random, sends.Offset);
            await channel.SendAsync(peer, start, prepared.IsEmpty ? garbler.Start : (byte[])[.. garbler.Start.Span, .. prepared.Span], cancellationToken);
            var agreed = !prepared.IsEmpty && await PreparedAnswer.ReceiveAsync(channel, peer, tag, cancellationToken);
            return new TwoPartyLink(channel, peer, tag, format, random, sends, receives, garbler, null) { Start = garbler.Start, IsPrepared = agreed };
        }
        var told = await channel.ReceiveAsync(peer, start, Garbler.StartLength + PreparedAnswer.NameLength, cancellationToken);
        var offered = told.Length == Garbler.StartLength + PreparedAnswer.NameLength;
        var same = offered && await PreparedAnswer.GiveAsync(channel, peer, tag, told[Garbler.StartLength..], prepared, cancellationToken);
        if (offered) told = told[..Garbler.StartLength];
        return new TwoPartyLink(channel, peer, tag, format, random, sends, receives, null, Checked(peer, start, () => new CircuitEvaluator(told.Span))) { Start = told, IsPrepared = same };
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
        Sends?.Dispose();
        Receives?.Dispose();
        Garbler?.Dispose();
        (Circuits as IDisposable)?.Dispose();
    }

    /// <summary>What a primitive refuses of a peer's message is the peer's doing.</summary>
    public static T Checked<T>(PartyId peer, StepTag step, Func<T> read)
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
