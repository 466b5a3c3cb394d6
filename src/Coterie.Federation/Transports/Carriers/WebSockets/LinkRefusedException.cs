using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>One side refuses the other's connection; whether for good, the reason says.</summary>
internal sealed class LinkRefusedException(Reason reason, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Why.</summary>
    public Reason Reason { get; } = reason;
}
