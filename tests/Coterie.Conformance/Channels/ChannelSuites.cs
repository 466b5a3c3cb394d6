using System.Text;
using Coterie.Conformance.Soak;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Conformance.Channels;

public sealed class InProcessChannelTests : ChannelConformance
{
    protected override Task<IChannelBench> OpenAsync(TimeSpan patience) => Task.FromResult<IChannelBench>(new Bench(patience));

    private sealed class Bench(TimeSpan patience) : IChannelBench
    {
        private readonly InProcessNetwork _network = new(patience);
        private readonly Dictionary<PartyId, IChannel> _channels = [];

        public Roster Roster { get; } = CarrierBench.NewRoster(Encoding.UTF8.GetBytes);

        public IChannel Channel(PartyId party) => _channels.TryGetValue(party, out var channel) ? channel : _channels[party] = _network.Connect(Roster[party]);

        public Task LeaveAsync(PartyId party)
        {
            _network.Disconnect(party);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public sealed class DurableChannelInMemoryTests : ChannelConformance
{
    protected override Task<IChannelBench> OpenAsync(TimeSpan patience)
    {
        var hub = new MemoryCarriers();
        return Task.FromResult<IChannelBench>(new CarrierBench(CarrierBench.NewRoster(Encoding.UTF8.GetBytes), new RunPatience { Silence = patience }, hub.Attach));
    }
}

/// <summary>The same promises while connections break.</summary>
public sealed class DurableChannelOverBreakingConnectionsTests : ChannelConformance
{
    protected override Task<IChannelBench> OpenAsync(TimeSpan patience)
    {
        var hub = new MemoryCarriers { Fate = new MemoryFaults(5) { Breaks = 0.05, Delays = 0.05 }.Next };
        return Task.FromResult<IChannelBench>(new CarrierBench(CarrierBench.NewRoster(Encoding.UTF8.GetBytes), new RunPatience { Silence = patience }, hub.Attach));
    }
}

/// <summary>The same promises over TLS on loopback, between participants through the relay.</summary>
public sealed class DurableChannelOverWebSocketsTests : ChannelConformance
{
    protected override async Task<IChannelBench> OpenAsync(TimeSpan patience)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-sockets-");
        var network = new WebSocketSoakNetwork(folder.FullName);
        PartyId[] participants = [.. Enumerable.Range(0, 3).Select(i => new PartyId($"participant-{i}"))];
        await network.BeginAsync(new PartyId("coordinator"), participants.Select(p => (p, PartyRole.Participant)), CancellationToken.None);
        var carriers = new Dictionary<PartyId, ICarrier>();
        foreach (var party in participants.Prepend(new PartyId("coordinator"))) carriers[party] = await network.ConnectAsync(party, CancellationToken.None);
        var roster = CarrierBench.NewRoster(name => [.. network.IdentityOf(new PartyId(name)).PublicKey]);
        return new CarrierBench(roster, new RunPatience { Silence = patience }, party => carriers[party.Id], async () =>
        {
            foreach (var carrier in carriers.Values) await carrier.DisposeAsync();
            await network.DisposeAsync();
            folder.Delete(recursive: true);
        });
    }
}
