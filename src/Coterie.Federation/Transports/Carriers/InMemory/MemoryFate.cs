using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.InMemory;

/// <summary>A frame on its way between two parties.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The recipient.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record MemoryFrame(PartyId From, PartyId To, ReadOnlyMemory<byte> Content);

/// <summary>What becomes of a frame.</summary>
internal enum MemoryFate
{
    /// <summary>It arrives.</summary>
    Deliver,

    /// <summary>The connection breaks: this frame and all others under way between the two are lost; it comes back a little later.</summary>
    Break,

    /// <summary>It arrives after a pause, and those behind it after it.</summary>
    Delay,

    /// <summary>It arrives twice. A sound carrier does not do this.</summary>
    Duplicate,

    /// <summary>It arrives with bits flipped. A sound carrier does not do this.</summary>
    Corrupt,
}
