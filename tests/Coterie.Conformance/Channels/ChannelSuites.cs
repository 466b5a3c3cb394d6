using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;
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
