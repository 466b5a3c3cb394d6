using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>A participant's public keys for one round, and the commitment to its self-mask seed.</summary>
internal sealed record Advertisement(byte[] ChannelKey, byte[] MaskKey, byte[] SelfMask);

/// <summary>
/// Step 0, advertise keys: each participant sends two fresh public keys and a commitment to its self-mask seed, signed by its identity; the coordinator passes on to each
/// those of its neighbours. Keys are bound to run, round and broadcast model. Bonawitz et al. have no commitment: with it the coordinator
/// can tell a seed that wrong shares made from the true one, as it can tell a private key by its public key.
/// </summary>
internal static class AdvertiseStep
{
    private const int SignatureBytes = 64;
    private const int PublicKeyBytes = AgreementKey.PublicKeyLength;
    private const int AdvertisementBytes = (2 * (PublicKeyBytes + 4)) + SelfMask.CommitmentLength + 4 + SignatureBytes + 4;

    public static async Task<(ParticipantSet Advertised, Dictionary<int, Advertisement> Keys)> CoordinateAsync(AggregationRound round, CancellationToken cancellationToken)
    {
        var step = round.Step("keys");
        var messages = new Dictionary<PartyId, byte[]>();
        var keys = new Dictionary<int, Advertisement>();
        var present = await round.Channel.CollectAsync(round.Roster.Participants, step, AdvertisementBytes, (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            keys[round.Roster.IndexOf(sender)] = ReadSigned(round, ref reader, sender, step);
            reader.End();
            messages[sender] = message.ToArray();
        }, cancellationToken);
        var advertised = ParticipantSet.Of(round.Roster, present);
        round.RequireEnough(advertised, step);

        // Who was late is told too, so that it goes on to the next round instead of waiting for this one.
        foreach (var recipient in Enumerable.Range(0, round.Participants))
        {
            var writer = new WireWriter();
            advertised.Write(writer);
            if (advertised.Contains(recipient))
                foreach (var neighbour in round.Graph.Of(recipient).Where(advertised.Contains)) writer.WriteBytes(messages[round.NameOf(neighbour)]);
            await round.Channel.TrySendAsync(round.NameOf(recipient), round.Step("peer-keys"), writer.WrittenMemory, cancellationToken);
        }
        return (advertised, keys);
    }

    /// <summary>No peers when the coordinator went on without this participant.</summary>
    public static async Task<(ParticipantSet Advertised, Dictionary<int, Advertisement>? Peers)> ParticipateAsync(
        AggregationRound round, RoundKeys keys, CancellationToken cancellationToken)
    {
        var step = round.Step("keys");
        var mine = new Advertisement(
            keys.ChannelPublicKey.ToArray(), keys.MaskPublicKey.ToArray(), keys.CommitToSelfMask(ParticipantSecrets.ContextOf(round), round.Session.Self));
        var writer = new WireWriter();
        writer.WriteBytes(mine.ChannelKey);
        writer.WriteBytes(mine.MaskKey);
        writer.WriteBytes(mine.SelfMask);
        writer.WriteBytes(round.Session.Signer.Sign(Statement(round, round.Session.Self, mine)));
        await round.Channel.SendAsync(round.Coordinator, step, writer.WrittenMemory, cancellationToken);

        var neighbours = round.Graph.Of(round.Self);
        var answer = await round.Channel.ReceiveAsync(
            round.Coordinator, round.Step("peer-keys"), 64 + (round.Participants / 8) + (neighbours.Length * (AdvertisementBytes + 4)), cancellationToken);
        return Read(round, answer.Span);
    }

    private static (ParticipantSet, Dictionary<int, Advertisement>?) Read(AggregationRound round, ReadOnlySpan<byte> answer)
    {
        var step = round.Step("peer-keys");
        var reader = new WireReader(answer, round.Coordinator, step);
        var advertised = ParticipantSet.Read(ref reader, round.Roster);
        if (!advertised.Contains(round.Self))
        {
            reader.End();
            return (advertised, null);
        }
        round.RequireEnough(advertised, step);
        round.RequireHolders(advertised, step);
        var peers = new Dictionary<int, Advertisement>();
        foreach (var neighbour in round.Graph.Of(round.Self).Where(advertised.Contains))
        {
            var inner = new WireReader(reader.ReadExactBytes(AdvertisementBytes), round.Coordinator, step);
            peers[neighbour] = ReadSigned(round, ref inner, round.NameOf(neighbour), step);
            inner.End();
        }
        reader.End();
        return (advertised, peers);
    }

    private static Advertisement ReadSigned(AggregationRound round, ref WireReader reader, PartyId sender, StepTag step)
    {
        var advertisement = new Advertisement(
            reader.ReadExactBytes(PublicKeyBytes).ToArray(), reader.ReadExactBytes(PublicKeyBytes).ToArray(), reader.ReadExactBytes(SelfMask.CommitmentLength).ToArray());
        var signature = reader.ReadExactBytes(SignatureBytes);
        // Whoever passed a forged message on is to blame for it: the coordinator verified what it received.
        var culprit = round.Session.IsCoordinator ? sender : round.Coordinator;
        if (!IdentityKeys.Verify(round.Roster, sender, Statement(round, sender, advertisement), signature))
            throw new ProtocolException(ProtocolErrorCode.BadSignature, $"The keys of {sender} at {step} are not signed by its identity for this round.", step.Path, culprit);
        if (!AgreementKey.IsValidPublicKey(advertisement.ChannelKey) || !AgreementKey.IsValidPublicKey(advertisement.MaskKey))
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"A key that {sender} signed at {step} is no point of the curve.", step.Path, sender);
        return advertisement;
    }

    private static byte[] Statement(AggregationRound round, PartyId sender, Advertisement advertisement)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie aggregation keys v1");
        writer.WriteBytes(round.Roster.Digest.AsSpan());
        writer.WriteText(round.Request.Step.Path);
        writer.WriteText(sender.Name);
        writer.WriteBytes(advertisement.ChannelKey);
        writer.WriteBytes(advertisement.MaskKey);
        writer.WriteBytes(advertisement.SelfMask);
        return writer.ToArray();
    }
}
