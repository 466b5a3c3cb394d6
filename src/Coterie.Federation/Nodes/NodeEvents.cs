using System.Threading.Channels;
using Coterie.Core.Parties;
using Coterie.Federation.Observability;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Durable;
using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes;

/// <summary>
/// What happens at a node, one thing after the other, so that its state needs no locks. A peer's next control is not read before its last one
/// was handled.
/// </summary>
internal sealed class NodeEvents : IDisposable
{
    private readonly Channel<Func<CancellationToken, ValueTask>> _events = Channel.CreateUnbounded<Func<CancellationToken, ValueTask>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Switchboard _board;
    private readonly ILogger _log;
    private readonly Func<Party, CancellationToken, ValueTask> _up;

    public NodeEvents(NodeContext node, Func<Party, CancellationToken, ValueTask> up, Func<Party, Control, CancellationToken, ValueTask> control)
    {
        (_board, _log, _up) = (node.Board, node.Log, up);
        _board.ControlReceived = (peer, message, cancellationToken) => HandledAsync(stop => control(peer, message, stop), cancellationToken);
        _board.Up += OnUp;
        _board.Down += OnDown;
    }

    /// <summary>Puts something in line.</summary>
    public void Post(Func<CancellationToken, ValueTask> happening) => _events.Writer.TryWrite(happening);

    /// <summary>Handles what happens until <paramref name="end"/> completes or somebody cancels.</summary>
    public async Task RunAsync(Task end, CancellationToken cancellationToken)
    {
        while (!end.IsCompleted)
        {
            var next = _events.Reader.WaitToReadAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(next, end) == end && !next.IsCompleted) return;
            await next;
            while (!end.IsCompleted && _events.Reader.TryRead(out var happening)) await happening(cancellationToken);
        }
    }

    public void Dispose()
    {
        _board.Up -= OnUp;
        _board.Down -= OnDown;
        _board.ControlReceived = null;
    }

    private async ValueTask HandledAsync(Func<CancellationToken, ValueTask> happening, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async stop =>
        {
            try
            {
                await happening(stop);
            }
            finally
            {
                done.TrySetResult();
            }
        });
        await done.Task.WaitAsync(cancellationToken);
    }

    private void OnUp(Party peer)
    {
        NodeLog.Up(_log, peer.Id, peer.Role.ToString());
        Post(stop => _up(peer, stop));
    }

    private void OnDown(PartyId peer) => NodeLog.Down(_log, peer);
}
