using Coterie.Core.Parties;
using Coterie.Federation.Transports;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>The network of a participant that leaves for good when its peers' shares would reach it: it has shared its keys, and masks nothing.</summary>
internal sealed class VanishingChannel(IChannel inner, InProcessNetwork network, PartyId self) : IChannel
{
    public ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        inner.SendAsync(to, step, payload, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken)
    {
        var message = await inner.ReceiveAsync(from, step, maximumBytes, cancellationToken);
        if (!step.Path.EndsWith("/peer-shares", StringComparison.Ordinal)) return message;
        network.Disconnect(self);
        throw new PeerUnavailableException(self, step, "this party has left the run");
    }

    public ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken) =>
        inner.SendAsync(to, step, bytes, chunks, cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(PartyId from, StepTag step, long maximumBytes, CancellationToken cancellationToken) =>
        inner.ReceiveChunksAsync(from, step, maximumBytes, cancellationToken);
}
