namespace Coterie.Privacy.Traffic;

/// <summary>Payload bytes sent while everybody stays; all participants send the same number.</summary>
/// <param name="EachParticipant">By every participant.</param>
/// <param name="Coordinator">By the coordinator, to all participants together.</param>
public readonly record struct TrafficEstimate(long EachParticipant, long Coordinator)
{
    /// <summary>By the helper, in modes that have one.</summary>
    public long Helper { get; init; }

    /// <summary>What two steps take together.</summary>
    public static TrafficEstimate operator +(TrafficEstimate left, TrafficEstimate right) =>
        new(left.EachParticipant + right.EachParticipant, left.Coordinator + right.Coordinator) { Helper = left.Helper + right.Helper };

    /// <summary>What so many equal steps take.</summary>
    public static TrafficEstimate operator *(TrafficEstimate step, long times) => new(step.EachParticipant * times, step.Coordinator * times) { Helper = step.Helper * times };
}
