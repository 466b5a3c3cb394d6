using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.InMemory;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>The carrier within a process keeps what carriers promise.</summary>
public sealed class MemoryCarrierTests : CarrierConformance
{
    private protected override Task<INetwork> StartAsync()
    {
        var carriers = new MemoryCarriers();
        RunningCarrier Start(PartyId name, PartyRole role) =>
            RunningCarrier.Start(carriers.Attach(new Party(name, role, [.. Enumerable.Repeat((byte)name.Name[0], 91)])));
        return Task.FromResult<INetwork>(new Network(carriers, Start(Coordinator, PartyRole.Coordinator), Start(A, PartyRole.Participant), Start(B, PartyRole.Participant)));
    }

    private sealed class Network(MemoryCarriers carriers, RunningCarrier hub, RunningCarrier a, RunningCarrier b) : INetwork
    {
        public RunningCarrier Hub => hub;

        public RunningCarrier A => a;

        public RunningCarrier B => b;

        public Task CutAsync(PartyId party)
        {
            foreach (var other in ImmutableArray.Create(hub.Id, a.Id, b.Id).Remove(party)) carriers.Break(party, other);
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var carrier in (RunningCarrier[])[b, a, hub]) await carrier.StopAsync();
            Assert.All((RunningCarrier[])[hub, a, b], r => Assert.Empty(r.Receiver.Broken));
        }
    }
}
