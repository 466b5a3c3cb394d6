using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Coterie.EndToEnd.Links;

/// <summary>
/// Passes every connection's bytes on to a port of this machine: each byte <see cref="OneWay"/> later, and no more than 100 Mbit a second, in either direction of every connection, as if each
/// party had a line of its own to the coordinator. What is on its way does not hold up what follows: a line is long and not narrow.
/// </summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private const int ChunkBytes = 16 << 10;

    /// <summary>On its way at most, in each direction: far more than 100 Mbit/s hold in 10 ms, which is 125 kB.</summary>
    private const int ChunksUnderWay = 256;

    private const double BytesPerSecond = 100e6 / 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Task _accepting;
    private int _connections;
    private long _bytes;

    public SlowLink(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How long a byte takes one way. A message and its answer take twice that.</summary>
    public static TimeSpan OneWay { get; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Where to connect to.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Bytes passed on so far, in both directions.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed, which ends the connections as well.
        }
        await Task.WhenAll(passing);
    }

    private async Task PassAsync(TcpClient near)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var far = new TcpClient { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _port, either.Token);
                Interlocked.Increment(ref _connections);
                var both = new[] { CarryAsync(near.GetStream(), far, either.Token), CarryAsync(far.GetStream(), near, either.Token) };
                // An end that closes lets the other one finish; an end that breaks does not.
                await await Task.WhenAny(both);
                await Task.WhenAll(both).WaitAsync(TimeSpan.FromSeconds(5), either.Token);
            }
            catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or TimeoutException)
            {
                // One of the two is gone, or this is disposed.
            }
            await either.CancelAsync();
        }
    }

    private async Task CarryAsync(NetworkStream from, TcpClient to, CancellationToken cancellationToken)
    {
        var underWay = Channel.CreateBounded<(byte[] Chunk, long Due)>(ChunksUnderWay);
        var arriving = ArriveAsync(underWay.Reader, to, cancellationToken);
        try
        {
            var buffer = new byte[ChunkBytes];
            var time = TimeProvider.System;
            var (frequency, free) = (time.TimestampFrequency, time.GetTimestamp());
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                // The line is taken until the last bit has left; then all of it travels.
                free = Math.Max(free, time.GetTimestamp()) + (long)(read / BytesPerSecond * frequency);
                await underWay.Writer.WriteAsync((buffer[..read], free + (long)(OneWay.TotalSeconds * frequency)), cancellationToken);
            }
        }
        finally
        {
            underWay.Writer.Complete();
            await arriving;
        }
    }

    private async Task ArriveAsync(ChannelReader<(byte[] Chunk, long Due)> underWay, TcpClient to, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        await foreach (var (chunk, due) in underWay.ReadAllAsync(cancellationToken))
        {
            // Timers go off up to a millisecond late, never early.
            if (time.GetElapsedTime(time.GetTimestamp(), due) is { Ticks: > 0 } left) await Task.Delay(left, time, cancellationToken);
            await to.GetStream().WriteAsync(chunk, cancellationToken);
            Interlocked.Add(ref _bytes, chunk.Length);
        }
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
