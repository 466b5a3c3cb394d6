using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// What two parties keep of their base transfers, in both directions, for all rounds of a run: each round's transfers are extended from seeds derived for it, so that a party that
/// restarts in a round makes that round's messages again.
/// </summary>
internal sealed class TwoPartySeeds(BaseSeeds sending, BaseSeedPairs receiving) : IDisposable
{
    /// <summary>Makes base transfers, or reads those that this party made before.</summary>
    /// <param name="session">This party.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party is the first of the two.</param>
    /// <param name="tag">Names what they are for; once in a run.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of base transfers.</exception>
    public static async Task<TwoPartySeeds> ExchangeAsync(Session session, PartyId peer, bool isFirst, StepTag tag, CancellationToken cancellationToken)
    {
        var place = tag.Then("seeds").Then(peer.Name);
        if (await session.Checkpoints.LoadAsync(place.Path, cancellationToken) is { } saved) return Read(saved.Span);
        // Its own randomness is on the disk before anything of it leaves.
        var secret = await DurableSecretAsync(session, tag.Then("base-secret").Then(peer.Name), cancellationToken);
        var seeds = await ExchangeAsync(session.Channel, session.Roster.Digest.AsMemory(), peer, isFirst, tag, CryptographicRandom.Expanding(secret.Span), cancellationToken);
        await session.Checkpoints.SaveAsync(place.Path, (byte[])[.. seeds.Sending.Export(), .. seeds.Receiving.Export()], cancellationToken);
        return seeds;
    }

    /// <summary>Makes base transfers.</summary>
    public static async Task<TwoPartySeeds> ExchangeAsync(
        IChannel channel, ReadOnlyMemory<byte> run, PartyId peer, bool isFirst, StepTag tag, CryptographicRandom random, CancellationToken cancellationToken)
    {
        var (mine, theirs) = (NameOf(run.Span, tag, isFirst), NameOf(run.Span, tag, !isFirst));
        var (offerStep, replyStep, reverseStep) = (tag.Then("offer"), tag.Then("reply"), tag.Then("reverse"));
        var offset = BinaryPrimitives.ReadUInt128LittleEndian(random.Bytes(16));
        if (isFirst)
        {
            // The extension's sender receives base transfers. The lowest bit of the garbler's offset is set: it tells the colours of labels.
            var offer = await channel.ReceiveAsync(peer, offerStep, BaseTransferSender.OfferBytes, cancellationToken);
            var (seeds, reply) = TwoPartyLink.Checked(peer, offerStep, () => BaseTransferReceiver.Answer(mine, offer.Span, offset | 1, random));
            await channel.SendAsync(peer, replyStep, reply, cancellationToken);
            var reverse = await channel.ReceiveAsync(peer, reverseStep, checked((int)ReversedSeeds.MessageBytes), cancellationToken);
            return new TwoPartySeeds(seeds, TwoPartyLink.Checked(peer, reverseStep, () => ReversedSeeds.Answer(seeds, theirs, reverse.Span)));
        }
        using var offering = BaseTransferSender.Create(theirs, random);
        await channel.SendAsync(peer, offerStep, offering.Message, cancellationToken);
        var answer = await channel.ReceiveAsync(peer, replyStep, BaseTransferReceiver.ReplyBytes, cancellationToken);
        var pairs = TwoPartyLink.Checked(peer, replyStep, () => offering.Finish(answer.Span));
        // Transfers the other way come from transfers this way.
        var (reversed, message) = ReversedSeeds.Ask(pairs, mine, offset, random);
        await channel.SendAsync(peer, reverseStep, message, cancellationToken);
        return new TwoPartySeeds(reversed, pairs);
    }

    /// <summary>Transfers in which this party is the sender, for all rounds.</summary>
    public BaseSeeds Sending { get; } = sending;

    /// <summary>Transfers in which this party is the receiver.</summary>
    public BaseSeedPairs Receiving { get; } = receiving;

    /// <summary>32 bytes drawn once, on the disk before they are used; they go with the step.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> DurableSecretAsync(Session session, StepTag place, CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(place.Path, cancellationToken) is { } saved) return saved;
        var drawn = session.Random.Bytes(CryptographicRandom.SecretLength);
        await session.Checkpoints.SaveAsync(place.Path, drawn, cancellationToken);
        return drawn;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sending.Dispose();
        Receiving.Dispose();
    }

    private static TwoPartySeeds Read(ReadOnlySpan<byte> bytes)
    {
        // Session, choices and 128 keys; session and 128 pairs.
        var first = SHA256.HashSizeInBytes + (16 * (1 + BaseTransferSender.Count));
        return new TwoPartySeeds(BaseSeeds.Import(bytes[..first]), BaseSeedPairs.Import(bytes[first..]));
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
}
