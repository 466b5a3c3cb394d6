using System.Buffers;
using System.Net.WebSockets;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>Packets over a WebSocket, one per binary message, bounded while they arrive. One reader; writers go through the <see cref="Outbox"/>.</summary>
internal sealed class PacketSocket(WebSocket socket, LinkOptions options, Action? relieved = null) : IAsyncDisposable
{
    /// <summary>First buffer of a message: most packets fit, and a connection that is silent holds no more.</summary>
    private const int FirstBytes = 4 << 10;

    /// <summary>How long a goodbye may take.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>What waits to leave.</summary>
    public Outbox Outbox { get; } = new(socket, options) { Relieved = relieved };

    /// <summary>The next packet, which the caller releases or passes on; null when the peer has closed the connection.</summary>
    /// <exception cref="MalformedPacketException">The message is a text or longer than <paramref name="maximumBytes"/>.</exception>
    /// <exception cref="WebSocketException">The connection is broken.</exception>
    public async ValueTask<IncomingPacket?> ReceiveAsync(int maximumBytes, CancellationToken cancellationToken)
    {
        // A failure leaves the buffer to the collector: the socket may not have let go of it.
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        for (var length = 0; ;)
        {
            // One byte more than may come: a message that fills it is too long.
            var room = Math.Min(buffer.Length - IncomingPacket.Start, maximumBytes + 1) - length;
            var received = await ReceiveAsync(buffer.AsMemory(IncomingPacket.Start + length, room), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            if (received.MessageType == WebSocketMessageType.Text) throw new MalformedPacketException("A text message; packets are binary.");
            length += received.Count;
            if (length > maximumBytes) throw new MalformedPacketException($"A message of more than {maximumBytes} bytes.");
            if (received.EndOfMessage) return new IncomingPacket(buffer, length);
            if (length == buffer.Length - IncomingPacket.Start) buffer = Grown(buffer, length, maximumBytes);
        }
    }

    private async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancellationToken);
        }
        catch (ObjectDisposedException e)
        {
            // A packet that could not leave has broken the connection off between two packets that were read: that is no other end than a broken one.
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, "The connection broke while something was sent.", e);
        }
    }

    /// <summary>Sends a control packet without waiting for room.</summary>
    public bool Send(Packet packet)
    {
        var sent = Outbox.Force(OutgoingPacket.Control(packet));
        Outbox.Kick();
        return sent;
    }

    /// <summary>Says why, if there is a reason, and closes: within about a second, whatever the peer does.</summary>
    public async Task CloseAsync(Packet? refusal)
    {
        if (refusal is not null) Send(refusal);
        try
        {
            await Outbox.DrainAsync().WaitAsync(Goodbye, options.Time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Goodbye, options.Time);
        }
        catch (Exception e) when (e is WebSocketException or IOException or TimeoutException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The peer will notice that the connection is gone.
        }
    }

    /// <summary>Reads and forgets until the peer has closed too, about a second at most: broken off at once, the connection would take the last packet with it.</summary>
    public async Task LingerAsync()
    {
        using var late = new CancellationTokenSource(Goodbye, options.Time);
        var buffer = new byte[FirstBytes];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
                if ((await socket.ReceiveAsync(buffer.AsMemory(), late.Token)).MessageType == WebSocketMessageType.Close) return;
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone, or takes too long.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Outbox.Close();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Grown(byte[] buffer, int length, int maximumBytes)
    {
        var grown = ArrayPool<byte>.Shared.Rent(IncomingPacket.Start + maximumBytes + 1);
        buffer.AsSpan(IncomingPacket.Start, length).CopyTo(grown.AsSpan(IncomingPacket.Start));
        ArrayPool<byte>.Shared.Return(buffer);
        return grown;
    }
}
