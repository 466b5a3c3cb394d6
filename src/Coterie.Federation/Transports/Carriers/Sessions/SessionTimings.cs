namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>When sessions try again, and how long one lasts.</summary>
internal sealed record SessionTimings
{
    /// <summary>What is used.</summary>
    public static SessionTimings Default { get; } = new();

    /// <summary>Wait before an unanswered message is sent again the first time; doubled each time. Longer than a slow network's round trip.</summary>
    public TimeSpan FirstRepeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest such wait.</summary>
    public TimeSpan LongestRepeat { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Frames after which a session is replaced; at twice as many it sends nothing more. Far below the 2^32 that AES-GCM allows per key.</summary>
    public ulong FramesPerSession { get; init; } = 1UL << 30;

    /// <summary>Time one exchange is paid for: more than this many per peer and time are not taken part in.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Exchanges at once before <see cref="Recovery"/> counts.</summary>
    public int Burst { get; init; } = 16;
}
