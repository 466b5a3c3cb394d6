using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Conformance.Soak;

/// <summary>A transport to torment: parties come and go, and connections break.</summary>
internal interface ISoakNetwork : IAsyncDisposable
{
    /// <summary>Begins a run among these parties.</summary>
    Task BeginAsync(Roster roster, CancellationToken cancellationToken);

    /// <summary>The party's carrier for one life.</summary>
    ValueTask<ICarrier> ConnectAsync(PartyId party, CancellationToken cancellationToken);

    /// <summary>Breaks the party's connection, if it has one; both sides may connect again.</summary>
    ValueTask CutAsync(PartyId party);
}
