using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Durable;

/// <summary>Names a message between this party and a peer, in one direction, the same after every restart.</summary>
/// <param name="Peer">The other party.</param>
/// <param name="Step">The step it belongs to.</param>
/// <param name="Index">Which of that step's messages, from 0.</param>
internal readonly record struct MessageKey(PartyId Peer, string Step, int Index)
{
    public override string ToString() => Index == 0 ? Step : $"{Step} (message {Index})";
}
