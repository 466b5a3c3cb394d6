using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SharedKey;

/// <summary>
/// How participants come to share a secret that the coordinator does not have, once per run. Each draws a part.
/// Step 0, <c>keys</c>: everybody advertises a fresh public key and a commitment to its part, signed (as in a secure sum, with everybody a neighbour).
/// Step 1, <c>parts</c>: everybody seals its part to each of the others; the coordinator routes them, and says whose parts have come.
/// The secret is a function of these parts, in roster order: the same at all who are told the same members, which is compared before anything is added.
/// </summary>
/// <remarks>
/// Commitments come first, so nobody chooses its part after seeing another's. A participant that vanishes before its parts have come is no member; one
/// that vanishes later is, and is not missed. Members number at least the threshold, so the secret is never of few participants' making.
/// A participant whose advertisement comes too late gets no parts, and takes no part in the run. After a restart everybody sends the same again:
/// keys and part are on the disk before they leave.
/// </remarks>
internal static class GroupAgreement
{
    private const int EnvelopeBytes = GroupPart.EnvelopeLength;

    /// <summary>Every party calls it; null at a participant that came too late.</summary>
    public static async Task<GroupKey?> AgreeAsync(Session session, CancellationToken cancellationToken)
    {
        if (await GroupKey.LoadAsync(session, cancellationToken) is { } known) return known;
        MaskedSum.RequireThreshold(session.Roster);
        var step = new StepTag($"{session.Roster.RunId}/group-key");
        var request = new SumRequest(step, [], new Round(0, 0, session.Roster.Participants.Length, 0), session.Roster.Digest.ToArray());
        var round = new AggregationRound(session, request, Neighbourhoods.Complete(session.Roster));
        var agreed = session.IsCoordinator ? await CoordinateAsync(round, cancellationToken) : await ParticipateAsync(round, cancellationToken);
        if (agreed is not null) await agreed.SaveAsync(session, step, cancellationToken);
        return agreed;
    }

    private static async Task<GroupKey> CoordinateAsync(AggregationRound round, CancellationToken cancellationToken)
    {
        var (advertised, keys) = await AdvertiseStep.CoordinateAsync(round, cancellationToken);
        var step = round.Step("parts");
        var mail = new Dictionary<(int From, int To), byte[]>();
        var present = await round.Channel.CollectAsync(advertised.Names(round.Roster), step, MaximumBytes(round), (sender, message) =>
        {
            var from = round.Roster.IndexOf(sender);
            var reader = new WireReader(message.Span, sender, step);
            foreach (var to in advertised.Indices.Where(i => i != from)) mail[(from, to)] = reader.ReadExactBytes(EnvelopeBytes).ToArray();
            reader.End();
        }, cancellationToken);
        var members = ParticipantSet.Of(round.Roster, present);
        round.RequireEnough(members, step);
        foreach (var recipient in advertised.Indices)
        {
            var writer = new WireWriter();
            members.Write(writer);
            foreach (var from in members.Indices.Where(i => i != recipient)) writer.WriteBytes(mail[(from, recipient)]);
            await round.Channel.TrySendAsync(round.NameOf(recipient), round.Step("peer-parts"), writer.WrittenMemory, cancellationToken);
        }
        return new GroupKey(Transcript(round, members, keys), null);
    }

    private static async Task<GroupKey?> ParticipateAsync(AggregationRound round, CancellationToken cancellationToken)
    {
        using var durable = await DurableSecrets.OfAsync(round, cancellationToken);
        var (advertised, peers) = await AdvertiseStep.ParticipateAsync(round, durable.Keys, cancellationToken);
        if (peers is null) return null;
        durable.Keys.AgreeAhead(peers.Values.Select(p => p.ChannelKey), []);
        var own = durable.Keys.ExportSeed();
        try
        {
            await round.Channel.SendAsync(round.Coordinator, round.Step("parts"), Sealed(round, durable.Keys, peers, own), cancellationToken);
            var step = round.Step("peer-parts");
            var answer = await round.Channel.ReceiveAsync(round.Coordinator, step, MaximumBytes(round), cancellationToken);
            return Read(round, durable.Keys, advertised, peers, own, answer.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    private static ReadOnlyMemory<byte> Sealed(AggregationRound round, RoundKeys keys, Dictionary<int, Advertisement> peers, byte[] part)
    {
        var context = ParticipantSecrets.ContextOf(round);
        var writer = new WireWriter(peers.Count * (EnvelopeBytes + 4));
        foreach (var to in peers.Keys.Order())
        {
            var key = keys.AgreeToSend(context, round.Session.Self, round.NameOf(to), peers[to].ChannelKey);
            writer.WriteBytes(GroupPart.Seal(key, context, round.Session.Self, round.NameOf(to), part, round.Session.Random));
            CryptographicOperations.ZeroMemory(key);
        }
        return writer.WrittenMemory;
    }

    private static GroupKey Read(
        AggregationRound round, RoundKeys keys, ParticipantSet advertised, Dictionary<int, Advertisement> peers, byte[] own, ReadOnlySpan<byte> answer)
    {
        var context = ParticipantSecrets.ContextOf(round);
        var reader = new WireReader(answer, round.Coordinator, round.Step("peer-parts"));
        var members = ParticipantSet.Read(ref reader, round.Roster);
        if (!members.IsSubsetOf(advertised)) throw reader.Malformed("members appear that advertised no keys");
        round.RequireEnough(members, round.Step("peer-parts"));
        var parts = new List<(PartyId Owner, ReadOnlyMemory<byte> Part)>();
        try
        {
            foreach (var member in members.Indices)
                parts.Add((round.NameOf(member), member == round.Self ? own.ToArray() : Open(round, context, keys, member, peers[member], reader.ReadExactBytes(EnvelopeBytes))));
            reader.End();
            peers[round.Self] = new Advertisement(keys.ChannelPublicKey.ToArray(), keys.MaskPublicKey.ToArray(), keys.CommitToSelfMask(context, round.Session.Self));
            return new GroupKey(Transcript(round, members, peers), GroupSecret.Combine(context, parts));
        }
        finally
        {
            foreach (var (_, part) in parts) CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(part).Span);
        }
    }

    private static byte[] Open(AggregationRound round, RoundContext context, RoundKeys keys, int member, Advertisement advertisement, ReadOnlySpan<byte> envelope)
    {
        var sender = round.NameOf(member);
        var key = keys.AgreeToReceive(context, round.Session.Self, sender, advertisement.ChannelKey);
        try
        {
            return GroupPart.Open(key, context, sender, round.Session.Self, envelope, advertisement.SelfMask);
        }
        catch (CryptographicException)
        {
            throw new ProtocolException(
                ProtocolErrorCode.Inconsistent, $"The part of the group key that came from {sender} is not the one it has committed to, or was altered on its way.",
                round.Step("peer-parts").Path, sender, round.Coordinator);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Transcript(AggregationRound round, ParticipantSet members, IReadOnlyDictionary<int, Advertisement> keys)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie group key v1");
        writer.WriteBytes(round.Roster.Digest.AsSpan());
        members.Write(writer);
        foreach (var member in members.Indices)
        {
            writer.WriteBytes(keys[member].ChannelKey);
            writer.WriteBytes(keys[member].SelfMask);
        }
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    private static int MaximumBytes(AggregationRound round) => 64 + round.Participants + (round.Participants * (EnvelopeBytes + 4));
}
