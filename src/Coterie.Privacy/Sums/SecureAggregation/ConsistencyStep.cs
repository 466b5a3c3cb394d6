using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// Step 3, consistency check: every survivor signs who survived, who only shared keys, the hash of the model it answered and the graph's seed;
/// nobody releases a share before it has seen the roster's threshold of signatures under the same statement. More than two thirds
/// have to sign, of the whole roster and not of a neighbourhood only, so no two statements can both be believed: a coordinator that
/// tells different stories, about drop-outs or about the model, gets no shares.
/// </summary>
internal static class ConsistencyStep
{
    private const int SignatureBytes = 64;

    public static async Task CoordinateAsync(AggregationRound round, ParticipantSet shared, ParticipantSet survivors, CancellationToken cancellationToken)
    {
        var announcement = new WireWriter();
        survivors.Write(announcement);
        foreach (var recipient in shared.Indices)
            await round.Channel.TrySendAsync(round.NameOf(recipient), round.Step("survivors"), announcement.WrittenMemory, cancellationToken);
        round.RequireEnough(survivors, round.Step("masked"));

        var step = round.Step("consistency");
        var statement = Statement(round, shared, survivors);
        var signatures = new Dictionary<int, byte[]>();
        var present = await round.Channel.CollectAsync(survivors.Names(round.Roster), step, SignatureBytes + 4, (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            var signature = reader.ReadExactBytes(SignatureBytes).ToArray();
            reader.End();
            if (!IdentityKeys.Verify(round.Roster, sender, statement, signature))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{sender} signed another set of survivors or another model at {step}.", step.Path, sender);
            signatures[round.Roster.IndexOf(sender)] = signature;
        }, cancellationToken);
        var signers = ParticipantSet.Of(round.Roster, present);
        round.RequireEnough(signers, step);
        // A survivor whose signature came too late gets them as well: it may still release its shares, and goes on to the next round.
        foreach (var recipient in survivors.Indices)
        {
            var writer = new WireWriter();
            signers.Write(writer);
            foreach (var signer in signers.Indices.Where(i => i != recipient)) writer.WriteBytes(signatures[signer]);
            await round.Channel.TrySendAsync(round.NameOf(recipient), round.Step("peer-consistency"), writer.WrittenMemory, cancellationToken);
        }
    }

    /// <summary>The survivors; this participant may not be among them, and then has nothing more to do.</summary>
    public static async Task<ParticipantSet> ParticipateAsync(AggregationRound round, ParticipantSet shared, CancellationToken cancellationToken)
    {
        var step = round.Step("survivors");
        var survivors = ReadSurvivors(round, (await round.Channel.ReceiveAsync(round.Coordinator, step, 64 + round.Participants, cancellationToken)).Span, shared);
        if (!survivors.Contains(round.Self)) return survivors;
        round.RequireEnough(survivors, step);
        round.RequireHolders(survivors, step);

        var statement = Statement(round, shared, survivors);
        // One statement per sum, whatever happened to the rest of this participant's state.
        var signing = round.Step("consistency");
        await round.Session.OnceOnly.ClaimAsync(signing.Path, SHA256.HashData(statement), cancellationToken);
        var writer = new WireWriter();
        writer.WriteBytes(round.Session.Signer.Sign(statement));
        await round.Channel.SendAsync(round.Coordinator, signing, writer.WrittenMemory, cancellationToken);
        var answer = await round.Channel.ReceiveAsync(
            round.Coordinator, round.Step("peer-consistency"), 64 + round.Participants + (round.Participants * (SignatureBytes + 4)), cancellationToken);
        RequireSignatures(round, answer.Span, statement, survivors);
        return survivors;
    }

    private static ParticipantSet ReadSurvivors(AggregationRound round, ReadOnlySpan<byte> message, ParticipantSet shared)
    {
        var reader = new WireReader(message, round.Coordinator, round.Step("survivors"));
        var survivors = ParticipantSet.Read(ref reader, round.Roster);
        reader.End();
        return survivors.IsSubsetOf(shared) ? survivors : throw reader.Malformed("survivors appear that shared no keys");
    }

    private static void RequireSignatures(AggregationRound round, ReadOnlySpan<byte> answer, byte[] statement, ParticipantSet survivors)
    {
        var step = round.Step("peer-consistency");
        var reader = new WireReader(answer, round.Coordinator, step);
        var signers = ParticipantSet.Read(ref reader, round.Roster);
        if (!signers.IsSubsetOf(survivors)) throw reader.Malformed("signers appear that did not survive");
        var valid = 1;   // its own
        foreach (var signer in signers.Indices.Where(i => i != round.Self))
        {
            var signature = reader.ReadExactBytes(SignatureBytes);
            if (!IdentityKeys.Verify(round.Roster, round.NameOf(signer), statement, signature))
                throw new ProtocolException(
                    ProtocolErrorCode.Inconsistent,
                    $"The coordinator passed on a signature of {round.NameOf(signer)} over another set of survivors or another model; no share is released.",
                    step.Path, round.Coordinator);
            valid++;
        }
        reader.End();
        if (valid < round.Roster.Threshold)
            throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"{valid} signatures at {step}; {round.Roster.Threshold} are needed before a share is released.", step.Path);
    }

    private static byte[] Statement(AggregationRound round, ParticipantSet shared, ParticipantSet survivors)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie aggregation survivors v1");
        writer.WriteBytes(round.Roster.Digest.AsSpan());
        writer.WriteText(round.Request.Step.Path);
        writer.WriteBytes(round.Request.ModelHash.Span);
        writer.WriteBytes(round.Graph.Seed.AsSpan());
        shared.Write(writer);
        survivors.Write(writer);
        return writer.ToArray();
    }
}
