using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Traffic;

/// <summary>What a secure sum sends besides the masked vectors. n participants, k neighbours each.</summary>
internal static class SecureAggregationTraffic
{
    /// <summary>A participant's signed keys with the commitment to its seed.</summary>
    public static int Advertisement { get; } =
        (2 * MessageSizes.Bytes(AgreementKey.PublicKeyLength)) + MessageSizes.Bytes(SelfMask.CommitmentLength) + MessageSizes.Bytes(Signatures.Length);

    /// <summary>Steps 0, 1, 3 and 4: independent of the contribution's length.</summary>
    public static TrafficEstimate Keys(int participants)
    {
        var isComplete = Neighbourhoods.IsComplete(participants);
        long neighbours = isComplete ? participants - 1 : Neighbourhoods.ParametersOf(participants).Neighbours;
        var keys = Advertisement;
        var share = MessageSizes.Bytes(ShareEnvelope.Length);
        var signature = MessageSizes.Bytes(Signatures.Length);
        var released = MessageSizes.Count + MessageSizes.Bytes(SecretShare.EncodedLength);
        // On the complete graph a participant holds a share of its own self mask too.
        var held = isComplete ? neighbours + 1 : neighbours;
        var participant = keys + (neighbours * share) + signature + MessageSizes.Count + (held * released);
        // peer-keys, peer-shares, survivors and peer-consistency each begin with a set of participants.
        // The last passes on the signatures of all others, the rest goes to neighbours only.
        var coordinator = (4 * MessageSizes.Set(participants)) + (neighbours * (MessageSizes.Bytes(keys) + share)) + ((participants - 1) * signature);
        return new(participant, participants * coordinator);
    }

    /// <summary>The coordinator's orders around the ring, and a byte from each participant that has added.</summary>
    public static TrafficEstimate Ring(PartyId coordinator, ImmutableArray<PartyId> participants)
    {
        const int unnamed = 2;
        long orders = participants.Length * unnamed;                                             // close
        orders += unnamed;                                                                       // the first one takes from nobody
        for (var i = 1; i < participants.Length; i++)
            orders += (2 * unnamed) + MessageSizes.Text(participants[i].Name) + MessageSizes.Text(participants[i - 1].Name);   // forward to i, take from i - 1
        orders += unnamed + MessageSizes.Text(coordinator.Name);                                 // deliver
        return new(1, orders);
    }
}
