using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>One round's steps ahead of it: all that two parties exchange without numbers, kept by both.</summary>
/// <remarks>
/// Messages: <c>start</c> (the garbler's), <c>name</c> (16 bytes of the second party), and those of the steps. The material's name is a hash of both parties' random bytes and of all steps, so
/// that two parties have the same name only where they have the two halves of the same material.
/// </remarks>
internal static class PreparingRound
{
    private const int NonceLength = 16;

    /// <summary>Runs it; the number of bytes that this party keeps.</summary>
    /// <param name="session">This party.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="isFirst">Whether this party garbles.</param>
    /// <param name="seeds">The two parties' seeds.</param>
    /// <param name="tag">What all messages lie below; used once.</param>
    /// <param name="place">Where the material lies.</param>
    /// <param name="steps">The round's.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step.</exception>
    public static async Task<long> RunAsync(
        Session session, PartyId peer, bool isFirst, TwoPartySeeds seeds, StepTag tag, StepTag place, IReadOnlyList<PreparedStep> steps, CancellationToken cancellationToken)
    {
        // Who restarts in between makes the same material again: half of it is with the other already.
        var secret = await TwoPartySeeds.DurableSecretAsync(session, tag.Then("secret"), cancellationToken);
        var random = CryptographicRandom.Expanding(secret.Span);
        using var link = await TwoPartyLink.OpenAsync(session.Channel, peer, isFirst, seeds, tag, random, cancellationToken);
        var nonce = await NonceAsync(session.Channel, peer, isFirst, tag.Then("name"), random, cancellationToken);
        using var pieces = new PreparedPieces(session.Checkpoints, place);
        foreach (var step in steps)
        {
            await pieces.WriteAsync(step.Digest(), cancellationToken);
            if (step is CircuitStep circuit) await PreparedCircuit.PrepareAsync(link, circuit, pieces, cancellationToken);
            else await PreparedProducts.PrepareAsync(link, (ProductStep)step, pieces, cancellationToken);
        }
        await pieces.FinishAsync(cancellationToken);
        // Last: material without a head is none.
        await session.Checkpoints.SaveAsync(PreparedHead.KeyOf(place), new PreparedHead(NameOf(tag, link.Start.Span, nonce, steps), link.Start).ToBytes(), cancellationToken);
        return pieces.Written;
    }

    private static async Task<byte[]> NonceAsync(IChannel channel, PartyId peer, bool isFirst, StepTag step, CryptographicRandom random, CancellationToken cancellationToken)
    {
        if (!isFirst)
        {
            var mine = random.Bytes(NonceLength);
            await channel.SendAsync(peer, step, mine, cancellationToken);
            return mine;
        }
        var theirs = await channel.ReceiveAsync(peer, step, NonceLength, cancellationToken);
        return theirs.Length == NonceLength
            ? theirs.ToArray()
            : throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{peer} sent {theirs.Length} bytes at {step}; {NonceLength} are expected.", step.Path, peer);
    }

    private static byte[] NameOf(StepTag tag, ReadOnlySpan<byte> start, ReadOnlySpan<byte> nonce, IReadOnlyList<PreparedStep> steps)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie prepared round v1");
        writer.WriteText(tag.Path);
        writer.WriteBytes(start);
        writer.WriteBytes(nonce);
        writer.WriteInt32(steps.Count);
        foreach (var step in steps) writer.WriteBytes(step.Digest());
        return SHA256.HashData(writer.WrittenMemory.Span);
    }
}
