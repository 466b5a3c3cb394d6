namespace Coterie.Federation.Transports.Durable;

/// <summary>How long a party waits for others in one run.</summary>
public sealed record RunPatience
{
    /// <summary>
    /// How long the coordinator waits for a connected peer that is silent. Null: ten times what the median peer took for the step, at least five
    /// minutes; five minutes for a peer that is awaited alone, where the run has others. Participants wait until <see cref="Deadline"/>: what they wait for may be the coordinator waiting for somebody else.
    /// </summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>How long a peer may stay disconnected before it counts as dropped out. Does not apply to a participant waiting for the coordinator.</summary>
    public TimeSpan Absence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>When the run ends at the latest, for every wait; null: thirty days after the channel was opened, because every wait ends.</summary>
    public DateTimeOffset? Deadline { get; init; }
}
