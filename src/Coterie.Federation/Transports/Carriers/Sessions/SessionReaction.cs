using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.Packets;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>What follows from something that happened to a session.</summary>
/// <param name="Kind">What to send to the peer; null when nothing.</param>
/// <param name="Message">Its content.</param>
internal readonly record struct SessionReaction(RelayKind? Kind, IMessage? Message)
{
    /// <summary>Nothing.</summary>
    public static SessionReaction None { get; }

    /// <summary>The session that there was has ended.</summary>
    public bool WentDown { get; init; }

    /// <summary>The peer of a session that has begun.</summary>
    public Party? CameUp { get; init; }

    /// <summary>What was wrong with the peer's message, where something was.</summary>
    public string? Problem { get; init; }
}
