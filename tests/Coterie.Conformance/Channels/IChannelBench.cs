using Coterie.Core.Parties;

namespace Coterie.Conformance.Channels;

/// <summary>A transport under test: a coordinator and participants that are connected, or will be.</summary>
public interface IChannelBench : IAsyncDisposable
{
    /// <summary>Who is there.</summary>
    Roster Roster { get; }

    /// <summary>The party's end; the same each time.</summary>
    IChannel Channel(PartyId party);

    /// <summary>The party leaves the run after what it has sent.</summary>
    Task LeaveAsync(PartyId party);
}
