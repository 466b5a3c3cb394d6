using Coterie.Federation.RunStore;

namespace Coterie.Federation.Transports.Durable;

/// <summary>What a piece of a message leads to.</summary>
internal enum InboundAction
{
    /// <summary>Nothing; more is to come.</summary>
    Wait,

    /// <summary>The peer is told how far it got.</summary>
    Acknowledge,

    /// <summary>The peer is told to go back, or to pause.</summary>
    Resume,

    /// <summary>The peer broke a bound and is not listened to any more.</summary>
    Refuse,
}

/// <summary>What a piece of a message leads to.</summary>
/// <param name="Action">What the peer is told.</param>
/// <param name="Message">The message that is now in the inbox, or null.</param>
/// <param name="Reason">Why the peer is refused; null otherwise.</param>
/// <param name="Grew">Whether more of the peer's messages is here than before.</param>
internal sealed record InboundResult(InboundAction Action, ReceivedMessage? Message = null, string? Reason = null, bool Grew = false)
{
    public static InboundResult Nothing { get; } = new(InboundAction.Wait);

    public static InboundResult More { get; } = new(InboundAction.Wait, Grew: true);

    public static InboundResult Acknowledge { get; } = new(InboundAction.Acknowledge);

    public static InboundResult Resume { get; } = new(InboundAction.Resume);

    public static InboundResult TooLong { get; } = new(InboundAction.Refuse, Reason: "it announced a message longer than this party accepts");

    public static InboundResult Damaged { get; } = new(InboundAction.Refuse, Reason: "its messages do not have the digest it announces");

    public static InboundResult Stored(ReceivedMessage message) => new(InboundAction.Acknowledge, message, Grew: true);
}

/// <summary>How far a peer's messages are on the disk.</summary>
/// <param name="Received">How many.</param>
/// <param name="Witness">What the peer attached to the last of them.</param>
internal sealed record InboundMark(long Received, byte[] Witness);
