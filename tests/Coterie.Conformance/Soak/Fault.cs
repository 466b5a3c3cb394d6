using Coterie.Core.Parties;

namespace Coterie.Conformance.Soak;

/// <summary>What can happen to a party at a frame.</summary>
internal enum Fault
{
    None,

    /// <summary>The process dies before the frame takes effect.</summary>
    KillBefore,

    /// <summary>The process dies right after.</summary>
    KillAfter,

    /// <summary>The connection breaks.</summary>
    Cut,

    /// <summary>The frame takes its time.</summary>
    Delay,

    /// <summary>The frame is sent, or delivered, twice.</summary>
    Duplicate,
}

/// <summary>A frame at one party's end of the network.</summary>
/// <param name="Party">The party.</param>
/// <param name="Sent">Sent by it, or received.</param>
/// <param name="Kind">What the frame is: a chunk or acknowledgement of a step, by the step's last name; a resume or departure.</param>
internal readonly record struct FrameEvent(PartyId Party, bool Sent, string Kind)
{
    public override string ToString() => $"{Party} {(Sent ? "sends" : "receives")} {Kind}";
}
