using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Conformance.Soak;

/// <summary>A transport to torment: parties come and go, and connections break.</summary>
internal interface ISoakNetwork : IAsyncDisposable
{
    /// <summary>Makes the parties' identities.</summary>
    Task BeginAsync(PartyId coordinator, IEnumerable<(PartyId Name, PartyRole Role)> others, CancellationToken cancellationToken);

    /// <summary>The party's identity key.</summary>
    PartyIdentity IdentityOf(PartyId party);

    /// <summary>The party's carrier for one life.</summary>
    ValueTask<ICarrier> ConnectAsync(PartyId party, CancellationToken cancellationToken);

    /// <summary>Breaks the party's connection, if it has one; both sides may connect again.</summary>
    ValueTask CutAsync(PartyId party);
}
