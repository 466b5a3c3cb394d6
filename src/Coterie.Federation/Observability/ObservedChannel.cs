using System.Runtime.CompilerServices;
using Coterie.Core.Parties;

namespace Coterie.Federation.Observability;

/// <summary>A channel whose messages and waits are counted.</summary>
internal sealed class ObservedChannel(IChannel channel, NodeFigures figures, TimeProvider time) : IChannel
{
    public async ValueTask SendAsync(PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await channel.SendAsync(to, step, payload, cancellationToken);
        figures.MessageSent();
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(PartyId from, StepTag step, int maximumBytes, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            return await channel.ReceiveAsync(from, step, maximumBytes, cancellationToken);
        }
        finally
        {
            Received(start);
        }
    }

    public async ValueTask SendAsync(PartyId to, StepTag step, long bytes, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        await channel.SendAsync(to, step, bytes, chunks, cancellationToken);
        figures.MessageSent();
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveChunksAsync(
        PartyId from, StepTag step, long maximumBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var isFirst = true;
        await foreach (var chunk in channel.ReceiveChunksAsync(from, step, maximumBytes, cancellationToken))
        {
            if (isFirst) Received(start);
            isFirst = false;
            yield return chunk;
        }
    }

    private void Received(long start)
    {
        figures.MessageReceived();
        figures.Waited(time.GetElapsedTime(start));
    }
}
