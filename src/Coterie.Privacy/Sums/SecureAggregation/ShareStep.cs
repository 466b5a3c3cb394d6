using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>The sealed shares a participant received, and the shares of its own secrets that it keeps.</summary>
internal sealed record HeldShares(Dictionary<int, byte[]> Sealed, SecretShare? OwnSelfMask);

/// <summary>
/// Step 1, share keys: each participant shares its self-mask seed and its mask private key among its holders, end to end encrypted;
/// the coordinator only routes.
/// </summary>
internal static class ShareStep
{
    private const int EnvelopeBytes = ShareEnvelope.Length;

    public static async Task<ParticipantSet> CoordinateAsync(AggregationRound round, ParticipantSet advertised, CancellationToken cancellationToken)
    {
        var step = round.Step("shares");
        var mail = new Dictionary<(int From, int To), byte[]>();
        var present = await round.Channel.CollectAsync(advertised.Names(round.Roster), step, MaximumBytes(round), (sender, message) =>
        {
            var from = round.Roster.IndexOf(sender);
            var reader = new WireReader(message.Span, sender, step);
            foreach (var to in round.Graph.Of(from).Where(advertised.Contains)) mail[(from, to)] = reader.ReadExactBytes(EnvelopeBytes).ToArray();
            reader.End();
        }, cancellationToken);
        var shared = ParticipantSet.Of(round.Roster, present);
        round.RequireEnough(shared, step);
        foreach (var recipient in advertised.Indices)
        {
            var writer = new WireWriter();
            shared.Write(writer);
            if (shared.Contains(recipient))
                foreach (var from in round.Graph.Of(recipient).Where(shared.Contains)) writer.WriteBytes(mail[(from, recipient)]);
            await round.Channel.TrySendAsync(round.NameOf(recipient), round.Step("peer-shares"), writer.WrittenMemory, cancellationToken);
        }
        return shared;
    }

    /// <summary>Null when the coordinator went on without this participant.</summary>
    public static async Task<(ParticipantSet Shared, HeldShares? Held)> ParticipateAsync(
        AggregationRound round, ParticipantSecrets secrets, ParticipantSet advertised, CancellationToken cancellationToken)
    {
        var step = round.Step("shares");
        var holders = round.Graph.HoldersOf(round.Self).Where(advertised.Contains).ToArray();
        int[] points = [.. holders.Select(h => h + 1)];
        var seedShares = secrets.Keys.SplitSelfMaskSeed(round.Graph.Threshold, points, secrets.Dealing);
        var keyShares = secrets.Keys.SplitMaskKey(round.Graph.Threshold, points, secrets.Dealing);

        var writer = new WireWriter();
        SecretShare? own = null;
        for (var i = 0; i < holders.Length; i++)
        {
            if (holders[i] == round.Self) own = seedShares[i];
            else writer.WriteBytes(secrets.Seal(holders[i], new SharePair(seedShares[i], keyShares[i])));
        }
        await round.Channel.SendAsync(round.Coordinator, step, writer.WrittenMemory, cancellationToken);
        var answer = await round.Channel.ReceiveAsync(round.Coordinator, round.Step("peer-shares"), MaximumBytes(round), cancellationToken);
        return Read(round, answer.Span, advertised, own);
    }

    private static (ParticipantSet, HeldShares?) Read(AggregationRound round, ReadOnlySpan<byte> answer, ParticipantSet advertised, SecretShare? own)
    {
        var step = round.Step("peer-shares");
        var reader = new WireReader(answer, round.Coordinator, step);
        var shared = ParticipantSet.Read(ref reader, round.Roster);
        if (!shared.IsSubsetOf(advertised)) throw reader.Malformed("participants appear that advertised no keys");
        var envelopes = new Dictionary<int, byte[]>();
        if (!shared.Contains(round.Self)) return (shared, null);
        round.RequireEnough(shared, step);
        round.RequireHolders(shared, step);
        foreach (var from in round.Graph.Of(round.Self).Where(shared.Contains)) envelopes[from] = reader.ReadExactBytes(EnvelopeBytes).ToArray();
        reader.End();
        return (shared, new HeldShares(envelopes, own));
    }

    private static int MaximumBytes(AggregationRound round) => 64 + round.Participants + (round.Participants * (EnvelopeBytes + 4));
}
