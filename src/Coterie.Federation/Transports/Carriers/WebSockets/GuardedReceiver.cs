using Coterie.Core.Parties;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>
/// Tells the receiver's own failures from those of connections: no peer is to blame for one, and whoever runs the carrier must hear of it. The
/// connection that met it ends as if cancelled.
/// </summary>
internal sealed class GuardedReceiver(IFrameReceiver receiver) : IFrameReceiver
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails when the receiver has failed; never completes otherwise.</summary>
    public Task Failed => _failed.Task;

    /// <inheritdoc/>
    public async ValueTask OnFrameAsync(PartyId from, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await receiver.OnFrameAsync(from, frame, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail(e);
        }
    }

    /// <inheritdoc/>
    public void OnUp(Party peer)
    {
        try
        {
            receiver.OnUp(peer);
        }
        catch (Exception e)
        {
            throw Fail(e);
        }
    }

    /// <inheritdoc/>
    public void OnDown(PartyId peer)
    {
        try
        {
            receiver.OnDown(peer);
        }
        catch (Exception e)
        {
            throw Fail(e);
        }
    }

    private OperationCanceledException Fail(Exception failure)
    {
        _failed.TrySetException(failure);
        return new OperationCanceledException("The receiver has failed.", failure);
    }
}
