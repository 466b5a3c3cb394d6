namespace Coterie.Privacy.Traffic;

/// <summary>What a round sends where it is prepared.</summary>
/// <param name="Ahead">Before the first round, for this one.</param>
/// <param name="Sum">The round's contributions, in place of what they take unprepared.</param>
public sealed record PreparedTraffic(TrafficEstimate Ahead, TrafficEstimate Sum);
