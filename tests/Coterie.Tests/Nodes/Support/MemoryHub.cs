using System.Collections.Concurrent;
using System.Threading.Channels;
using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Tests.Nodes.Support;

/// <summary>Carriers that are connected in memory, as soon as both of two run.</summary>
internal sealed class MemoryHub
{
    private readonly ConcurrentDictionary<PartyId, End> _ends = new();

    public ICarrier Connect(Party party) => new End(this, party);

    private sealed class End(MemoryHub hub, Party party) : ICarrier
    {
        private readonly Channel<Func<IFrameReceiver, ValueTask>> _inbox = Channel.CreateUnbounded<Func<IFrameReceiver, ValueTask>>();

        public PartyId Self => party.Id;

        public async Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken)
        {
            lock (hub._ends)
            {
                hub._ends[party.Id] = this;
                foreach (var other in hub._ends.Values.Where(e => e != this))
                {
                    other.Post(r => Up(r, party));
                    Post(r => Up(r, other.Party));
                }
            }
            try
            {
                await foreach (var happening in _inbox.Reader.ReadAllAsync(cancellationToken)) await happening(receiver);
            }
            finally
            {
                lock (hub._ends)
                {
                    hub._ends.TryRemove(party.Id, out _);
                    foreach (var other in hub._ends.Values) other.Post(r => Down(r, party.Id));
                }
            }
        }

        public void Expect(PartyId peer)
        {
        }

        public ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, CarrierLimits.MaximumFrameBytes);
            if (!hub._ends.TryGetValue(to, out var peer)) return new(false);
            var copy = frame.ToArray();
            peer.Post(r => r.OnFrameAsync(party.Id, copy, CancellationToken.None));
            return new(true);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Party Party => party;

        private void Post(Func<IFrameReceiver, ValueTask> happening) => _inbox.Writer.TryWrite(happening);

        private static ValueTask Up(IFrameReceiver receiver, Party peer)
        {
            receiver.OnUp(peer);
            return ValueTask.CompletedTask;
        }

        private static ValueTask Down(IFrameReceiver receiver, PartyId peer)
        {
            receiver.OnDown(peer);
            return ValueTask.CompletedTask;
        }
    }
}
