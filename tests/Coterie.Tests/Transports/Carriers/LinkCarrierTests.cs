using Coterie.Core.Parties;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>The carrier over WebSockets keeps what carriers promise, on a real server.</summary>
public sealed class LinkCarrierTests : CarrierConformance
{
    private protected override async Task<INetwork> StartAsync()
    {
        var network = await TestNetwork.StartAsync();
        var proxies = new Dictionary<PartyId, CuttingProxy> { [A] = new(network.Server.Endpoint.Port), [B] = new(network.Server.Endpoint.Port) };
        return new Network(network, proxies, await network.JoinAsync(A, via: proxies[A].Address), await network.JoinAsync(B, via: proxies[B].Address));
    }

    private sealed class Network(TestNetwork network, Dictionary<PartyId, CuttingProxy> proxies, RunningCarrier a, RunningCarrier b) : INetwork
    {
        public RunningCarrier Hub => network.Hub;

        public RunningCarrier A => a;

        public RunningCarrier B => b;

        public Task CutAsync(PartyId party)
        {
            proxies[party].Cut();
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await network.DisposeAsync();
            foreach (var proxy in proxies.Values) await proxy.DisposeAsync();
        }
    }
}
