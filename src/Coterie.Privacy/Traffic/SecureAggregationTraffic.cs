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

    /// <summary>Steps 0, 1, 3 and 4, independent of the contribution's length, and the place of step 2 among them.</summary>
    /// <param name="participants">All of them.</param>
    /// <param name="input">The bytes of step 2, and how they travel.</param>
    public static TrafficEstimate Sum(int participants, TrafficEstimate input)
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
        var exchange = Exchange.Then(Exchange.Then(input.Chain)).Then(Answer.Then(Answer));
        return new(participant + input.EachParticipant, (participants * coordinator) + input.Coordinator)
        {
            Messages = new MessageEstimate(4, 4 * participants) + input.Messages,
            Chain = exchange,
        };
    }

    /// <summary>A message from each participant, and one to each.</summary>
    public static MessageChain Exchange { get; } = MessageChain.Of(ChainParty.Participants, ChainParty.Coordinator).Then(MessageChain.Of(ChainParty.Coordinator, ChainParty.Participants));

    /// <summary>The other way round.</summary>
    private static MessageChain Answer { get; } = MessageChain.Of(ChainParty.Coordinator, ChainParty.Participants).Then(MessageChain.Of(ChainParty.Participants, ChainParty.Coordinator));

    /// <summary>Masked input on the ring: the running sum to the next, and the coordinator's orders around it, and a byte from each participant that has added.</summary>
    public static TrafficEstimate Ring(PartyId coordinator, ImmutableArray<PartyId> participants, long entries)
    {
        const int unnamed = 2;
        long orders = participants.Length * unnamed;                                             // close
        orders += unnamed;                                                                       // the first one takes from nobody
        for (var i = 1; i < participants.Length; i++)
            orders += (2 * unnamed) + MessageSizes.Text(participants[i].Name) + MessageSizes.Text(participants[i - 1].Name);   // forward to i, take from i - 1
        orders += unnamed + MessageSizes.Text(coordinator.Name);                                 // deliver
        // To take, and that it is added; to send it on, the sum, and that it is added, to each further one; to deliver, and the sum; to close.
        var next = MessageChain.Of(ChainParty.Coordinator, ChainParty.Participants).Sent(ChainParty.Participants, ChainParty.Participants).Sent(ChainParty.Participants, ChainParty.Coordinator);
        var chain = Answer.Then(next.Repeated(participants.Length - 1)).Then(Answer).Sent(ChainParty.Coordinator, ChainParty.Participants);
        return new(1 + MessageSizes.Vector(entries), orders) { Messages = new(2, 3 * participants.Length), Chain = chain };
    }
}
