using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// Sees every relayed content before it is passed on and says what is passed on instead: nothing, itself, something else, more. For testing what a
/// relay can do that is not honest.
/// </summary>
/// <param name="from">The sender.</param>
/// <param name="to">The recipient.</param>
/// <param name="kind">What it is.</param>
/// <param name="field">The content with its tag and length.</param>
internal delegate IEnumerable<byte[]> RelayTap(PartyId from, PartyId to, RelayKind kind, byte[] field);
