namespace Coterie.Federation.Nodes.Configuration;

/// <summary>The <c>time-outs</c> section: all the waits there are.</summary>
public sealed record TimeOutSettings
{
    /// <summary>How long a coordinator gathers answers to its offer before it begins with those it has; elsewhere how long whoever is to see one run waits for an offer.</summary>
    public TimeSpan Gathering { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a party may be disconnected before it counts as gone.</summary>
    public TimeSpan Absence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connected party may say nothing for a step; null: adapts to how long steps took so far.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>How long a run may take from its offer to its end.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often an idle connection shows that it lives.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);
}
