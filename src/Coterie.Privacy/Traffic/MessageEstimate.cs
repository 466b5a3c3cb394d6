namespace Coterie.Privacy.Traffic;

/// <summary>Messages sent while everybody stays, as the protocols send them: transports may cut them into pieces.</summary>
/// <param name="EachParticipant">By every participant.</param>
/// <param name="Coordinator">By the coordinator, to all parties together.</param>
/// <param name="Helper">By the helper, in modes that have one.</param>
public readonly record struct MessageEstimate(long EachParticipant, long Coordinator, long Helper = 0)
{
    /// <summary>What two steps take together.</summary>
    public static MessageEstimate operator +(MessageEstimate left, MessageEstimate right) =>
        new(left.EachParticipant + right.EachParticipant, left.Coordinator + right.Coordinator, left.Helper + right.Helper);

    /// <summary>What so many equal steps take.</summary>
    public static MessageEstimate operator *(MessageEstimate step, long times) => new(step.EachParticipant * times, step.Coordinator * times, step.Helper * times);
}
