using System.Threading.Channels;
using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.InMemory;

/// <summary>One connection between two parties: a bounded queue each way. It ends once and does not come back; the next connection is another.</summary>
internal sealed class MemoryLink(MemoryCarriers carriers, PartyId first, PartyId second)
{
    /// <summary>Frames on the way in one direction, as a socket's buffers would hold.</summary>
    private const int Capacity = 32;

    private readonly Channel<byte[]> _toFirst = Channel.CreateBounded<byte[]>(Capacity), _toSecond = Channel.CreateBounded<byte[]>(Capacity);
    private readonly CancellationTokenSource _closed = new();

    public bool IsOpen => !_closed.IsCancellationRequested;

    public void Start()
    {
        _ = Task.Run(() => CarryAsync(_toSecond.Reader, first, second));
        _ = Task.Run(() => CarryAsync(_toFirst.Reader, second, first));
    }

    public async ValueTask<bool> SendAsync(PartyId to, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            await (to == first ? _toFirst : _toSecond).Writer.WriteAsync(frame.ToArray(), either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Close() => _closed.Cancel();

    private async Task CarryAsync(ChannelReader<byte[]> reader, PartyId from, PartyId to)
    {
        try
        {
            await foreach (var frame in reader.ReadAllAsync(_closed.Token))
                if (!await carriers.DeliverAsync(this, new MemoryFrame(from, to, frame), _closed.Token)) return;
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The connection is gone, and with it what was on the way.
        }
    }
}
