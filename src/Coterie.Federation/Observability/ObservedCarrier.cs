using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers;

namespace Coterie.Federation.Observability;

/// <summary>A carrier whose frames and peers are counted.</summary>
internal sealed class ObservedCarrier(ICarrier carrier, NodeFigures figures) : ICarrier
{
    public PartyId Self => carrier.Self;

    public Task RunAsync(IFrameReceiver receiver, CancellationToken cancellationToken) => carrier.RunAsync(new Receiver(receiver, figures), cancellationToken);

    public void Expect(PartyId peer) => carrier.Expect(peer);

    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (!await carrier.SendAsync(to, frame, cancellationToken)) return false;
        figures.Sent(frame.Length);
        return true;
    }

    public ValueTask DisposeAsync() => carrier.DisposeAsync();

    private sealed class Receiver(IFrameReceiver receiver, NodeFigures figures) : IFrameReceiver
    {
        public ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            figures.Received(frame.Length);
            return receiver.OnFrameAsync(from, frame, cancellationToken);
        }

        public void OnUp(Party peer)
        {
            figures.PeerUp(peer.Id);
            receiver.OnUp(peer);
        }

        public void OnDown(PartyId peer)
        {
            figures.PeerDown(peer);
            receiver.OnDown(peer);
        }
    }
}
