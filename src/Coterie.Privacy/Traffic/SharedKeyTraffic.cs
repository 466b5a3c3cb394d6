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
        return new(SecureAggregationTraffic.Advertisement + (others * part), participants * coordinator);
    }

    /// <summary>Where participants stand, with tags of so many bytes, and all of it passed on to each.</summary>
    public static TrafficEstimate Standing(int participants, int tagLength = GroupSecret.TagLength)
    {
        const int standing = sizeof(byte) + sizeof(int);
        long signed = MessageSizes.Bytes(tagLength) + MessageSizes.Bytes(Signatures.Length);
        return new(standing + signed, participants * (standing + MessageSizes.Set(participants) + (participants * signed)));
    }

    /// <summary>The masked total, returned to each.</summary>
    public static TrafficEstimate Total(int participants, long entries) => new(0, participants * (MessageSizes.Set(participants) + MessageSizes.Vector(entries)));
}
