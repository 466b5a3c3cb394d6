using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>The part of a task that says how contributions are hidden.</summary>
public sealed record ModeOptions(string Mode)
{
    /// <summary>Participants needed to open a sum; null: the smallest number above two thirds.</summary>
    public int? Threshold { get; init; }

    /// <summary>Agrees to sums over fewer than three participants.</summary>
    public bool AllowSmallRoster { get; init; }

    /// <summary>How masked vectors travel.</summary>
    public Topology Topology { get; init; } = Topology.Star;
}
