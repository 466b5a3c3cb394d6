using Coterie.Cryptography.Identity;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Traffic;

/// <summary>What the mode <c>shared-key</c> sends besides a secure sum's messages. n participants, each a neighbour of all others.</summary>
internal static class SharedKeyTraffic
{
    /// <summary>The agreement of the group key.</summary>
    public static TrafficEstimate Agreement(int participants)
    {
        long others = participants - 1;
        var part = MessageSizes.Bytes(GroupPart.EnvelopeLength);
        var coordinator = (2 * MessageSizes.Set(participants)) + (others * (MessageSizes.Bytes(SecureAggregationTraffic.Advertisement) + part));
        return new(SecureAggregationTraffic.Advertisement + (others * part), participants * coordinator) { Messages = new(2, 2 * participants), Chain = SecureAggregationTraffic.Exchange.Repeated(2) };
    }

    /// <summary>Where participants stand, with tags of so many bytes, and all of it passed on to each.</summary>
    public static TrafficEstimate Standing(int participants, int tagLength = GroupSecret.TagLength)
    {
        const int standing = sizeof(byte) + sizeof(int);
        long signed = MessageSizes.Bytes(tagLength) + MessageSizes.Bytes(Signatures.Length);
        return TrafficEstimate.FromEach(standing + signed) + TrafficEstimate.ToEach(participants, standing + MessageSizes.Set(participants) + (participants * signed));
    }

    /// <summary>Who was added, and the masked total, returned to each.</summary>
    public static TrafficEstimate Total(int participants, long entries) =>
        TrafficEstimate.ToEach(participants, MessageSizes.Set(participants) + MessageSizes.Vector(entries)) with { Messages = new(0, 2 * participants) };
}
