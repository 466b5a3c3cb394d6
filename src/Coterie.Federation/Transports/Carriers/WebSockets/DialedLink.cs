using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>A connection on which both sides have greeted.</summary>
/// <param name="Coordinator">Who is at the other end, by its certificate.</param>
/// <param name="Socket">The connection.</param>
internal sealed record DialedLink(Party Coordinator, PacketSocket Socket);
