using Coterie.Core.Parties;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Transports.Durable;

/// <summary>What a run's channel is opened with.</summary>
internal sealed record RunChannelOptions
{
    /// <summary>Who takes part; a peer whose name, role or key differs is not listened to.</summary>
    public required Roster Roster { get; init; }

    /// <summary>The run's durable state; its run is the roster's.</summary>
    public required SqliteRunStore Store { get; init; }

    /// <summary>How long to wait for others.</summary>
    public RunPatience Patience { get; init; } = new();

    /// <summary>Counts what is sent and received in this process life; may be null.</summary>
    public TrafficMeter? Traffic { get; init; }

    /// <summary>Longest message accepted, in bytes.</summary>
    public long MaximumMessageBytes { get; init; } = 4L << 30;

    /// <summary>Messages of one peer that may lie on the disk before this party asks for them; more are taken later.</summary>
    public int UnconsumedMessages { get; init; } = 4096;

    /// <summary>
    /// Bytes of one peer that may lie on the disk before this party asks for them; a single message may be longer, and while this party waits for
    /// one of the peer there is room for <see cref="MaximumMessageBytes"/> more. Together they bound what a peer can fill the disk with.
    /// </summary>
    public long UnconsumedBytes { get; init; } = 256L << 20;

    /// <summary>How long a peer may leave messages unacknowledged, with nothing on the way, before it is asked what it has.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);
}
