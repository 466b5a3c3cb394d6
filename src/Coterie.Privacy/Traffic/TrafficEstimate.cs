namespace Coterie.Privacy.Traffic;

/// <summary>Payload bytes sent while everybody stays; all participants send the same number. Sums of estimates are in the order of time.</summary>
/// <param name="EachParticipant">By every participant.</param>
/// <param name="Coordinator">By the coordinator, to all participants together.</param>
public readonly record struct TrafficEstimate(long EachParticipant, long Coordinator)
{
    /// <summary>By the helper, in modes that have one.</summary>
    public long Helper { get; init; }

    /// <summary>The messages those bytes are in.</summary>
    public MessageEstimate Messages { get; init; }

    /// <summary>The longest chain of messages of which each waits for the one before: on a network that takes its time this many ways, one after the other, bound a run from below.</summary>
    public long Delays => Chain.Longest;

    /// <summary>Which messages wait for which.</summary>
    internal MessageChain Chain { get; init; }

    /// <summary>What two steps take together, the left one first.</summary>
    public static TrafficEstimate operator +(TrafficEstimate left, TrafficEstimate right) => new(left.EachParticipant + right.EachParticipant, left.Coordinator + right.Coordinator)
    {
        Helper = left.Helper + right.Helper,
        Messages = left.Messages + right.Messages,
        Chain = left.Chain.Then(right.Chain),
    };

    /// <summary>What so many equal steps take, one after the other.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is negative.</exception>
    public static TrafficEstimate operator *(TrafficEstimate step, long times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        return new(step.EachParticipant * times, step.Coordinator * times) { Helper = step.Helper * times, Messages = step.Messages * times, Chain = step.Chain.Repeated(times) };
    }

    /// <summary>One message of so many bytes from every participant to the coordinator.</summary>
    internal static TrafficEstimate FromEach(long bytes) => new(bytes, 0) { Messages = new(1, 0), Chain = MessageChain.Of(ChainParty.Participants, ChainParty.Coordinator) };

    /// <summary>One message of so many bytes from the coordinator to each of so many participants.</summary>
    internal static TrafficEstimate ToEach(int participants, long bytes) =>
        new(0, participants * bytes) { Messages = new(0, participants), Chain = MessageChain.Of(ChainParty.Coordinator, ChainParty.Participants) };
}
