using System.Security.Cryptography;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Stages;

/// <summary>
/// Before each round of a stage, and after the last: every participant says whether it goes on and how long its contribution is, signed together with all it
/// was told and a tag of its model; the coordinator passes all of that on. Nobody contributes, or takes its model for final, before participants of the
/// roster's threshold have signed the same, with equal tags. More than two thirds have to, so no two models can both pass.
/// </summary>
internal static class StandingStep
{
    /// <summary>The coordinator's side: what all participants that answered say.</summary>
    /// <exception cref="ProtocolException">Too few answer, they disagree, or one was told something else than this coordinator said.</exception>
    public static async Task<Standing> CoordinateAsync(Session session, IHiddenSum sum, StepTag round, ReadOnlyMemory<byte> broadcasts, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var step = round.Then("standing");
        var tagLength = sum.TagLength(roster.Participants.Length);
        var said = new Dictionary<PartyId, (Standing Standing, byte[] Tag, byte[] Signature)>();
        var present = await session.Channel.CollectAsync(roster.Participants, step, 64 + tagLength + Signatures.Length, (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            var standing = Standing.Read(ref reader);
            var tag = reader.ReadExactBytes(tagLength).ToArray();
            var signature = reader.ReadExactBytes(Signatures.Length).ToArray();
            reader.End();
            if (!IdentityKeys.Verify(roster, sender, standing.Statement(roster, step, sender, broadcasts.Span, tag), signature))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{sender} signed at {step} that it was told something else than all were told.", step.Path, sender);
            said[sender] = (standing, tag, signature);
        }, cancellationToken);
        var signers = ParticipantSet.Of(roster, present);
        signers.RequireEnough(session, step);
        var agreed = AgreedBy(present.Select(p => (p, said[p].Standing)), step);

        var writer = new WireWriter();
        agreed.Write(writer);
        signers.Write(writer);
        foreach (var signer in present)
        {
            writer.WriteBytes(said[signer].Tag);
            writer.WriteBytes(said[signer].Signature);
        }
        // Who was late is told too: it may still go on.
        foreach (var participant in roster.Participants) await session.Channel.TrySendAsync(participant, round.Then("standings"), writer.WrittenMemory, cancellationToken);
        return agreed;
    }

    /// <summary>A participant's side.</summary>
    /// <param name="session">The participant.</param>
    /// <param name="sum">Makes tags.</param>
    /// <param name="round">The round that is to begin.</param>
    /// <param name="broadcasts">All it was told.</param>
    /// <param name="mine">Where it stands.</param>
    /// <param name="hidden">Digest of what the coordinator does not know.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">Participants were told different things: the coordinator is named; or they hold different models: the few are named.</exception>
    public static async Task ParticipateAsync(
        Session session, IHiddenSum sum, StepTag round, ReadOnlyMemory<byte> broadcasts, Standing mine, ReadOnlyMemory<byte> hidden, CancellationToken cancellationToken)
    {
        var roster = session.Roster;
        var step = round.Then("standing");
        var tag = sum.Tag(session, step, hidden.Span);
        var statement = mine.Statement(roster, step, session.Self, broadcasts.Span, tag);
        await session.OnceOnly.ClaimAsync(step.Path, SHA256.HashData(statement), cancellationToken);
        var writer = new WireWriter();
        mine.Write(writer);
        writer.WriteBytes(tag);
        writer.WriteBytes(session.Signer.Sign(statement));
        await session.Channel.SendAsync(roster.Coordinator, step, writer.WrittenMemory, cancellationToken);
        var maximum = 64 + roster.Participants.Length + (roster.Participants.Length * (tag.Length + Signatures.Length + 8));
        var answer = await session.Channel.ReceiveAsync(roster.Coordinator, round.Then("standings"), maximum, cancellationToken);
        var (others, signers, odd) = Read(session, sum, round, broadcasts.Span, hidden.Span, tag.Length, answer.Span);
        signers.RequireEnough(session, step);
        if (others == mine && odd.Count == 0) return;
        // The many are taken to be right: the group's models are those of more than two thirds.
        PartyId[] culprits = others == mine && 2 * odd.Count < signers.Count ? [.. odd] : [session.Self];
        throw new ProtocolException(
            ProtocolErrorCode.Inconsistent,
            $"Participants were told the same and stand at different models at {step}: {string.Join(", ", culprits.Select(c => c.Name))} differ{(culprits.Length == 1 ? "s" : "")} from most. Builds or machines that round differently do that{(sum.ReturnsOneToAll ? "" : ", or a coordinator that returned them another sum")}.",
            step.Path, sum.ReturnsOneToAll ? culprits : [.. culprits, roster.Coordinator]);
    }

    private static (Standing Standing, ParticipantSet Signers, List<PartyId> Odd) Read(
        Session session, IHiddenSum sum, StepTag round, ReadOnlySpan<byte> broadcasts, ReadOnlySpan<byte> hidden, int tagLength, ReadOnlySpan<byte> answer)
    {
        var roster = session.Roster;
        var reader = new WireReader(answer, roster.Coordinator, round.Then("standings"));
        var standing = Standing.Read(ref reader);
        var signers = ParticipantSet.Read(ref reader, roster);
        var step = round.Then("standing");
        var odd = new List<PartyId>();
        foreach (var signer in signers.Names(roster))
        {
            var tag = reader.ReadExactBytes(tagLength);
            var signature = reader.ReadExactBytes(Signatures.Length);
            // An honest coordinator has verified it against what it told everybody: it is to blame whoever was told something else.
            if (!IdentityKeys.Verify(roster, signer, standing.Statement(roster, step, signer, broadcasts, tag), signature))
                throw new ProtocolException(
                    ProtocolErrorCode.Inconsistent, $"The coordinator told {signer} something else than {session.Self}, or passed on what it did not sign, before {step}.", step.Path, roster.Coordinator);
            if (!sum.IsSame(session, step, hidden, signer, tag)) odd.Add(signer);
        }
        reader.End();
        return (standing, signers, odd);
    }

    /// <summary>The one standing all have; those who differ from most are named.</summary>
    private static Standing AgreedBy(IEnumerable<(PartyId Party, Standing Standing)> said, StepTag step)
    {
        var groups = said.GroupBy(s => s.Standing).OrderByDescending(g => g.Count()).ToArray();
        if (groups.Length == 1) return groups[0].Key;
        PartyId[] few = [.. groups.Skip(1).SelectMany(g => g).Select(s => s.Party)];
        throw new ProtocolException(
            ProtocolErrorCode.Inconsistent, $"Participants disagree at {step} on whether to go on, or with how much: {string.Join(", ", few.Select(p => p.Name))} against the others.", step.Path, few);
    }
}
