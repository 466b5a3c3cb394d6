using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>All rounds that two parties prepare, one after the other; a party that restarts goes on with the first that it has not finished.</summary>
/// <param name="session">This party.</param>
/// <param name="peer">The other one.</param>
/// <param name="isFirst">Whether this party garbles.</param>
/// <param name="seeds">The two parties' seeds.</param>
/// <param name="tag">What all messages of this pair lie below.</param>
internal sealed class PairPreparation(Session session, PartyId peer, bool isFirst, TwoPartySeeds seeds, StepTag tag)
{
    private const int ReadyBytes = sizeof(long);

    /// <summary>Prepares.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="stepOf">A round's step.</param>
    /// <param name="steps">The steps of a round; asked for in order.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Bytes that this party and, at the first, the other one keep.</returns>
    /// <exception cref="ProtocolException">The other party sent what is no message of this step.</exception>
    public async Task<(long Mine, long Theirs)> RunAsync(
        int rounds, Func<int, StepTag> stepOf, Func<int, CancellationToken, ValueTask<IReadOnlyList<PreparedStep>>> steps, CancellationToken cancellationToken)
    {
        if (rounds == 0) return default;
        var place = tag.Then("done").Path;
        var (done, bytes) = await session.Checkpoints.LoadAsync(place, cancellationToken) is { } saved ? Read(saved.Span) : default;
        for (var round = 0; round < rounds; round++)
        {
            if (round < done) continue;
            bytes += await PreparingRound.RunAsync(
                session, peer, isFirst, seeds, tag.Then(round), PreparedHead.PlaceOf(stepOf(round), peer), await steps(round, cancellationToken), cancellationToken);
            // With it go the round's secret and what was received for it.
            await session.Checkpoints.SaveAsync(place, ToBytes(round + 1, bytes), tag.Then(round), cancellationToken);
        }
        return (bytes, await ReadyAsync(bytes, cancellationToken));
    }

    /// <summary>The first party hears when the second has everything on its disk.</summary>
    private async Task<long> ReadyAsync(long bytes, CancellationToken cancellationToken)
    {
        var (step, writer) = (tag.Then("ready"), new WireWriter());
        if (!isFirst)
        {
            writer.WriteInt64(bytes);
            await session.Channel.SendAsync(peer, step, writer.WrittenMemory, cancellationToken);
            return 0;
        }
        var told = await session.Channel.ReceiveAsync(peer, step, ReadyBytes, cancellationToken);
        var reader = new WireReader(told.Span, peer, step);
        var theirs = reader.ReadInt64();
        reader.End();
        return theirs;
    }

    private static byte[] ToBytes(int rounds, long bytes)
    {
        var writer = new WireWriter();
        writer.WriteInt32(rounds);
        writer.WriteInt64(bytes);
        return writer.ToArray();
    }

    private (int Rounds, long Bytes) Read(ReadOnlySpan<byte> saved)
    {
        var reader = new WireReader(saved, session.Self, tag);
        var read = (reader.ReadInt32(0, int.MaxValue), reader.ReadInt64());
        reader.End();
        return read;
    }
}
