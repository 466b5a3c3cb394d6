using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Coterie.Federation.Identity;

namespace Coterie.Benchmarks.Transports;

/// <summary>The plain row: two parties connect to a process that copies bytes from one TLS connection to the other.</summary>
internal static class Splice
{
    public const int ChunkBytes = 256 << 10;

    /// <summary>Accepts two connections and copies between them.</summary>
    public static async Task ForwardAsync(NodeIdentity identity, Action<int> listening)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        listening(((IPEndPoint)listener.LocalEndpoint).Port);
        var first = await AcceptAsync(listener, identity);
        var second = await AcceptAsync(listener, identity);
        await Task.WhenAll(CopyAsync(first, second), CopyAsync(second, first));
    }

    /// <summary>Connects to the forwarder.</summary>
    public static async Task<SslStream> ConnectAsync(NodeIdentity identity, int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, _, _, _) => true,   // what is compared is speed
        });
        return stream;
    }

    /// <summary>The far end: reads as many bytes as announced and answers as many as asked for.</summary>
    public static async Task AnswerAsync(SslStream stream)
    {
        var buffer = new byte[ChunkBytes];
        while (await stream.ReadAtLeastAsync(buffer.AsMemory(0, 12), 12, throwOnEndOfStream: false) == 12)
        {
            var left = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            var answer = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(8));
            while (left > 0) left -= await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            await stream.WriteAsync(buffer.AsMemory(0, answer));
        }
    }

    /// <summary>Seconds for so many chunks, until the far end says that it has them.</summary>
    public static async Task<double> BulkAsync(SslStream stream, byte[] chunk, int chunks)
    {
        var start = TimeProvider.System.GetTimestamp();
        await stream.WriteAsync(Head((long)chunk.Length * chunks, 1));
        for (var i = 0; i < chunks; i++) await stream.WriteAsync(chunk);
        await stream.ReadExactlyAsync(new byte[1]);
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds of each of so many round trips of a small message.</summary>
    public static async Task<double[]> PingAsync(SslStream stream, int bytes, int count)
    {
        var message = new byte[12 + bytes];
        Head(bytes, bytes).CopyTo(message, 0);
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await stream.WriteAsync(message);
            await stream.ReadExactlyAsync(message.AsMemory(12));
            times[i] = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        }
        return times;
    }

    private static byte[] Head(long bytes, int answer)
    {
        var head = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(head, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), answer);
        return head;
    }

    private static async Task<SslStream> AcceptAsync(TcpListener listener, NodeIdentity identity)
    {
        var client = await listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }

    private static async Task CopyAsync(SslStream from, SslStream to)
    {
        var buffer = new byte[ChunkBytes];
        for (int read; (read = await from.ReadAsync(buffer)) > 0;) await to.WriteAsync(buffer.AsMemory(0, read));
    }
}
