using System.Security.Cryptography;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Commitments;
using Coterie.Cryptography.Identity;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// The seed of a run's sparse graphs, agreed once per run by commit and reveal: every participant commits to 32 random bytes, then
/// reveals them, and all reveals together make the seed. Nobody chooses it after seeing another's part. Commitments are signed for
/// this run and everybody verifies all of them, so the coordinator that passes them on cannot put its own in their place. A participant
/// that commits and does not reveal ends the run: going on without it would let the last one choose between two seeds.
/// </summary>
/// <remarks>
/// Corrupt participants may sign two commitments and the coordinator show them to different participants: each still has a seed
/// nobody chose, as its own part is in it, and the seed is part of what survivors sign, so that no share is released over two graphs.
/// </remarks>
internal static class GraphSeed
{
    private const int SignedCommitmentLength = HashCommitment.Length + Signatures.Length;

    public static async Task<byte[]> AgreeAsync(Session session, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var step = new StepTag($"{roster.RunId}/graph");
        var openings = session.IsCoordinator
            ? await CoordinateAsync(session, step, cancellationToken)
            : await ParticipateAsync(session, step, cancellationToken);
        return HashCommitment.JointSeed(roster.RunId, openings);
    }

    /// <summary>The seed of one sum's graph.</summary>
    public static byte[] ForSum(byte[] seed, StepTag step) => HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, 32, info: Encoding.UTF8.GetBytes($"coterie aggregation graph v1/{step}"));

    private static async Task<List<CommitmentOpening>> CoordinateAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        await RelayAsync(session, step.Then("commitment"), step.Then("commitments"), SignedCommitmentLength, cancellationToken);
        var reveals = await RelayAsync(session, step.Then("reveal"), step.Then("reveals"), 2 * HashCommitment.Length, cancellationToken);
        return [.. session.Roster.Participants.Select((p, i) => Opening(p, reveals[i]))];
    }

    private static async Task<List<CommitmentOpening>> ParticipateAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var mine = await OpeningAsync(session, step.Then("opening"), cancellationToken);
        var commitment = HashCommitment.Commit(roster.RunId, mine);
        byte[] signed = [.. commitment, .. session.Signer.Sign(Statement(roster, session.Self, commitment))];
        var commitments = await ExchangeAsync(session, step.Then("commitment"), step.Then("commitments"), signed, cancellationToken);
        RequireSigned(session, commitments, signed, step);
        byte[] reveal = [.. mine.Value.Span, .. mine.Nonce.Span];
        var reveals = await ExchangeAsync(session, step.Then("reveal"), step.Then("reveals"), reveal, cancellationToken);
        var openings = roster.Participants.Select((p, i) => Opening(p, reveals[i])).ToList();
        for (var i = 0; i < openings.Count; i++)
            if (!HashCommitment.Verify(roster.RunId, commitments[i].AsSpan(0, HashCommitment.Length), openings[i]))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{openings[i].Party} did not reveal what it had committed to.", step.Path, openings[i].Party, roster.Coordinator);
        return openings;
    }

    /// <summary>This participant's part: drawn once, and on its disk before the commitment leaves.</summary>
    private static async Task<CommitmentOpening> OpeningAsync(Session session, StepTag step, CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(step.Path, cancellationToken) is { Length: 2 * HashCommitment.Length } saved) return Opening(session.Self, saved.ToArray());
        var drawn = HashCommitment.Draw(session.Self, session.Random);
        await session.Checkpoints.SaveAsync(step.Path, (byte[])[.. drawn.Value.Span, .. drawn.Nonce.Span], cancellationToken);
        return drawn;
    }

    private static void RequireSigned(Session session, List<byte[]> commitments, byte[] mine, StepTag step)
    {
        var roster = session.Roster;
        for (var i = 0; i < commitments.Count; i++)
        {
            var party = roster.Participants[i];
            var commitment = commitments[i].AsSpan(0, HashCommitment.Length);
            var genuine = party == session.Self
                ? commitments[i].AsSpan().SequenceEqual(mine)
                : IdentityKeys.Verify(roster, party, Statement(roster, party, commitment), commitments[i].AsSpan(HashCommitment.Length));
            if (!genuine)
                throw new ProtocolException(ProtocolErrorCode.BadSignature, $"The commitment passed on as that of {party} is not the one it signed.", step.Path, roster.Coordinator);
        }
    }

    private static byte[] Statement(Roster roster, PartyId party, ReadOnlySpan<byte> commitment)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie graph commitment v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        writer.WriteText(party.Name);
        writer.WriteBytes(commitment);
        return writer.ToArray();
    }

    private static async Task<List<byte[]>> RelayAsync(Session session, StepTag step, StepTag answer, int length, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var parts = new Dictionary<PartyId, byte[]>();
        var present = await session.Channel.CollectAsync(roster.Participants, step, length + 4, (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            parts[sender] = reader.ReadExactBytes(length).ToArray();
            reader.End();
        }, cancellationToken);
        if (present.Length < roster.Participants.Length)
            throw new ProtocolException(
                ProtocolErrorCode.BelowThreshold, $"Without {string.Join(", ", roster.Participants.Except(present))} the graph's seed cannot be agreed.", step.Path, [.. roster.Participants.Except(present)]);
        var writer = new WireWriter(roster.Participants.Length * (length + 4));
        var ordered = roster.Participants.Select(p => parts[p]).ToList();
        foreach (var part in ordered) writer.WriteBytes(part);
        foreach (var participant in roster.Participants) await session.Channel.TrySendAsync(participant, answer, writer.WrittenMemory, cancellationToken);
        return ordered;
    }

    private static async Task<List<byte[]>> ExchangeAsync(Session session, StepTag step, StepTag answer, byte[] mine, CancellationToken cancellationToken)
    {
        var coordinator = session.Roster.Coordinator;
        var writer = new WireWriter();
        writer.WriteBytes(mine);
        await session.Channel.SendAsync(coordinator, step, writer.WrittenMemory, cancellationToken);
        var message = await session.Channel.ReceiveAsync(coordinator, answer, session.Roster.Participants.Length * (mine.Length + 4), cancellationToken);
        return Split(message.Span, coordinator, answer, session.Roster.Participants.Length, mine.Length);
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> message, PartyId sender, StepTag step, int count, int length)
    {
        var reader = new WireReader(message, sender, step);
        var parts = new List<byte[]>(count);
        for (var i = 0; i < count; i++) parts.Add(reader.ReadExactBytes(length).ToArray());
        reader.End();
        return parts;
    }

    private static CommitmentOpening Opening(PartyId party, byte[] reveal) =>
        new(party, reveal.AsMemory(0, HashCommitment.Length), reveal.AsMemory(HashCommitment.Length));
}
