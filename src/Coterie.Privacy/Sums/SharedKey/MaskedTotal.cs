using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SharedKey;

/// <summary>Step 5: the coordinator returns the sum it cannot read to every participant, also to those who were not added, with the set of those who were.</summary>
internal sealed record MaskedTotal(ParticipantSet Survivors, ulong[] Sum)
{
    /// <summary>SHA-256 over what is told.</summary>
    public byte[] Digest
    {
        get
        {
            var writer = new WireWriter();
            Survivors.Write(writer);
            writer.WriteBytes(VectorStream.Digest(Sum.Length, Fill));
            return SHA256.HashData(writer.WrittenMemory.Span);
        }
    }

    /// <summary>Tells everybody that can be reached, a vector at a time per recipient.</summary>
    public async Task TellAsync(Session session, StepTag sum, CancellationToken cancellationToken)
    {
        var writer = new WireWriter();
        Survivors.Write(writer);
        foreach (var participant in session.Roster.Participants)
        {
            if (!await session.Channel.TrySendAsync(participant, sum.Then("added"), writer.WrittenMemory, cancellationToken)) continue;
            try
            {
                await session.Channel.SendVectorAsync(participant, sum.Then("total"), Sum.Length, Fill, cancellationToken);
            }
            catch (PeerUnavailableException error) when (error.Peer == participant)
            {
                // It has dropped out.
            }
        }
    }

    /// <summary>Waits for it.</summary>
    /// <exception cref="PeerUnavailableException">The coordinator is gone or silent.</exception>
    public static async Task<MaskedTotal> HearAsync(Session session, StepTag sum, int entries, CancellationToken cancellationToken)
    {
        var coordinator = session.Roster.Coordinator;
        var added = await session.Channel.ReceiveAsync(coordinator, sum.Then("added"), 64 + session.Roster.Participants.Length, cancellationToken);
        var survivors = ReadSurvivors(session, added.Span, sum.Then("added"));
        var step = sum.Then("total");
        await using var vector = await ArrivedVector.ReceiveAsync(session.Channel, coordinator, step, entries, cancellationToken)
            ?? throw new PeerUnavailableException(coordinator, step, "no total came");
        var total = new ulong[entries];
        await vector.ReadAsync((start, piece) => piece.CopyTo(total.AsSpan(start)), cancellationToken);
        return new MaskedTotal(survivors, total);
    }

    public ImmutableArray<PartyId> SurvivorsOf(Roster roster) => Survivors.Names(roster);

    private static ParticipantSet ReadSurvivors(Session session, ReadOnlySpan<byte> message, StepTag step)
    {
        var reader = new WireReader(message, session.Roster.Coordinator, step);
        var survivors = ParticipantSet.Read(ref reader, session.Roster);
        reader.End();
        survivors.RequireEnough(session, step);
        return survivors;
    }

    private void Fill(int start, Span<ulong> piece) => Sum.AsSpan(start, piece.Length).CopyTo(piece);
}
