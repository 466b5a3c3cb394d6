using System.Collections.Concurrent;
using System.Net;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Identity;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Xunit.Abstractions;

namespace Coterie.Conformance.Soak;

public sealed class WebSocketSoak(ITestOutputHelper output) : SoakTests(output)
{
    private protected override ISoakNetwork CreateNetwork(string folder) => new WebSocketSoakNetwork(Path.Combine(folder, "consortium"));
}

/// <summary>Parties with certificates of one consortium, over TLS on loopback, everything between participants through the coordinator's relay.</summary>
internal sealed class WebSocketSoakNetwork(string folder) : ISoakNetwork
{
    /// <summary>A coordinator that was killed is back in milliseconds here.</summary>
    private static readonly LinkOptions Options = new() { FirstBackoff = TimeSpan.FromMilliseconds(20), LongestBackoff = TimeSpan.FromMilliseconds(200) };

    private readonly Dictionary<PartyId, NodeIdentity> _identities = [];
    private readonly ConcurrentDictionary<PartyId, LinkClient> _links = new();
    private PartyId _coordinator;
    private IPEndPoint _endpoint = new(IPAddress.Loopback, 0);

    public async Task BeginAsync(PartyId coordinator, IEnumerable<(PartyId Name, PartyRole Role)> others, CancellationToken cancellationToken)
    {
        _coordinator = coordinator;
        using var authority = ConsortiumAuthority.Create(Path.Combine(folder, "authority"), "soak", TimeProvider.System);
        foreach (var (party, role) in others.Append((coordinator, PartyRole.Coordinator)))
        {
            var invitation = await authority.InviteAsync(party, role, TimeSpan.FromMinutes(5), null, cancellationToken);
            _identities[party] = await Enrolment.JoinAsync(invitation, Path.Combine(folder, party.Name), authority, TimeProvider.System, cancellationToken);
        }
        // Any free port, and the same one in every life of the coordinator.
        await using var first = await RelayServer.ListenAsync(_endpoint, _identities[coordinator], Options, null, cancellationToken);
        _endpoint = first.Endpoint;
    }

    public PartyIdentity IdentityOf(PartyId party) => _identities[party].Signer;

    public async ValueTask<ICarrier> ConnectAsync(PartyId party, CancellationToken cancellationToken)
    {
        if (party == _coordinator) return await RelayServer.ListenAsync(_endpoint, _identities[party], Options, null, cancellationToken);
        return _links[party] = new LinkClient(new DnsEndPoint(_endpoint.Address.ToString(), _endpoint.Port), _identities[party], _coordinator, Options);
    }

    public ValueTask CutAsync(PartyId party)
    {
        foreach (var link in party == _coordinator ? _links.Values : _links.Where(l => l.Key == party).Select(l => l.Value)) link.Recheck();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var identity in _identities.Values) identity.Dispose();
        return ValueTask.CompletedTask;
    }
}
