namespace Coterie.Privacy.Traffic;

/// <summary>
/// How many messages, one after the other, lie between where parties stood before some steps and where they stand after them: a matrix over (max, +), and steps that follow each other are
/// its product. Nothing sent is the unit. What a party sends does not keep it; what it receives does.
/// </summary>
/// <param name="AtParticipants">What the participants have waited for.</param>
/// <param name="AtCoordinator">What the coordinator has.</param>
/// <param name="AtHelper">What the helper has.</param>
internal readonly record struct MessageChain(MessageDepth AtParticipants, MessageDepth AtCoordinator, MessageDepth AtHelper)
{
    private static readonly ChainParty[] Parties = [ChainParty.Participants, ChainParty.Coordinator, ChainParty.Helper];

    /// <summary>The longest of all.</summary>
    public long Longest => Math.Max(AtParticipants.Longest, Math.Max(AtCoordinator.Longest, AtHelper.Longest));

    /// <summary>One message.</summary>
    public static MessageChain Of(ChainParty from, ChainParty to) => default(MessageChain).Sent(from, to);

    /// <summary>What a party has waited for; itself, at least.</summary>
    public MessageDepth At(ChainParty party) => party switch { ChainParty.Participants => AtParticipants, ChainParty.Coordinator => AtCoordinator, _ => AtHelper };

    /// <summary>Where a message stands that the party sends now.</summary>
    public MessageDepth DepthOf(ChainParty sender) => At(sender).Later(1, sender);

    /// <summary>The party has received what stands there.</summary>
    public MessageChain Received(ChainParty by, MessageDepth depth) => With(by, At(by).Or(depth));

    /// <summary>A message that is received at once.</summary>
    public MessageChain Sent(ChainParty from, ChainParty to) => Received(to, DepthOf(from));

    /// <summary>These messages and then those.</summary>
    public MessageChain Then(MessageChain next)
    {
        MessageChain chain = default;
        foreach (var party in Parties)
        {
            var at = At(party).Later(next.At(party)[party], party);
            foreach (var other in Parties)
                if (other != party && next.At(party)[other] is > 0 and var after) at = at.Or(At(other).Later(after, other));
            chain = chain.With(party, at);
        }
        return chain;
    }

    /// <summary>The same so many times.</summary>
    public MessageChain Repeated(long times)
    {
        MessageChain all = default;
        for (var power = this; times > 0; times >>= 1, power = power.Then(power))
            if ((times & 1) == 1) all = all.Then(power);
        return all;
    }

    /// <summary>Two chains at the same time, between the same parties: the longer.</summary>
    public MessageChain Beside(MessageChain other) => new(AtParticipants.Or(other.AtParticipants), AtCoordinator.Or(other.AtCoordinator), AtHelper.Or(other.AtHelper));

    private MessageChain With(ChainParty party, MessageDepth depth) => party switch
    {
        ChainParty.Participants => this with { AtParticipants = depth },
        ChainParty.Coordinator => this with { AtCoordinator = depth },
        _ => this with { AtHelper = depth },
    };
}
