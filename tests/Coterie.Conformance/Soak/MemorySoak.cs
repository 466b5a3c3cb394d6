using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.InMemory;
using Xunit.Abstractions;

namespace Coterie.Conformance.Soak;

public sealed class MemorySoak(ITestOutputHelper output) : SoakTests(output)
{
    private protected override ISoakNetwork CreateNetwork(string folder) => new MemorySoakNetwork();
}

/// <summary>Parties in one process.</summary>
internal sealed class MemorySoakNetwork : ISoakNetwork
{
    private readonly MemoryCarriers _carriers = new();
    private readonly Dictionary<PartyId, PartyIdentity> _identities = [];
    private readonly Dictionary<PartyId, PartyRole> _roles = [];

    public Task BeginAsync(PartyId coordinator, IEnumerable<(PartyId Name, PartyRole Role)> others, CancellationToken cancellationToken)
    {
        foreach (var (party, role) in others.Append((coordinator, PartyRole.Coordinator))) (_identities[party], _roles[party]) = (PartyIdentity.Create(), role);
        return Task.CompletedTask;
    }

    public PartyIdentity IdentityOf(PartyId party) => _identities[party];

    public ValueTask<ICarrier> ConnectAsync(PartyId party, CancellationToken cancellationToken) => new(_carriers.Attach(new Party(party, _roles[party], _identities[party].PublicKey)));

    public ValueTask CutAsync(PartyId party)
    {
        foreach (var other in _identities.Keys.Where(p => p != party)) _carriers.Break(party, other);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var identity in _identities.Values) identity.Dispose();
        return ValueTask.CompletedTask;
    }
}
