using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Carriers.WebSockets;

/// <summary>A connection to the coordinator in the hands of the test, which need not behave.</summary>
internal sealed class RawLink : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 20];

    private RawLink(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    /// <summary>Connects with TLS and WebSocket only.</summary>
    public static async Task<RawLink> ConnectAsync(DnsEndPoint address, X509Certificate2? certificate, SslProtocols protocols = SslProtocols.Tls13)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocols,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await socket.ConnectAsync(new Uri($"wss://{address.Host}:{address.Port}{RelayServer.Path}"), invoker, late.Token);
        }
        catch (WebSocketException e)
        {
            var refusal = socket.HttpResponseHeaders?.FirstOrDefault(h => h.Key.Equals(RefusalReasons.Header, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
            throw new RefusedConnection((int)socket.HttpStatusCode, refusal, e);
        }
        return new RawLink(socket);
    }

    /// <summary>Connects and greets properly.</summary>
    public static async Task<RawLink> GreetAsync(DnsEndPoint address, X509Certificate2 certificate)
    {
        var link = await ConnectAsync(address, certificate);
        await link.SendAsync(Hello());
        Assert.Equal(Packet.BodyOneofCase.Welcome, (await link.ReceiveAsync())!.BodyCase);
        return link;
    }

    public static Packet Hello(uint version = 1, TimeSpan skew = default) =>
        new() { Hello = new Hello { Version = version, UnixMilliseconds = (TimeProvider.System.GetUtcNow() + skew).ToUnixTimeMilliseconds() } };

    public Task SendAsync(Packet packet) => SendAsync(packet.ToByteArray());

    public async Task SendAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await Socket.SendAsync(message, type, endOfMessage: true, late.Token);
    }

    /// <summary>The next packet; null when the connection has been closed or is broken.</summary>
    public async Task<Packet?> ReceiveAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            for (var length = 0; ;)
            {
                var received = await Socket.ReceiveAsync(_buffer.AsMemory(length), late.Token);
                if (received.MessageType == WebSocketMessageType.Close) return null;
                length += received.Count;
                if (received.EndOfMessage) return Packet.Parser.ParseFrom(_buffer, 0, length);
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Reads on until the refusal, and checks that nothing comes after it.</summary>
    public async Task<Refusal> RefusalAsync()
    {
        while (await ReceiveAsync() is { } packet)
        {
            if (packet.BodyCase != Packet.BodyOneofCase.Refusal) continue;
            Assert.Null(await ReceiveAsync());
            return packet.Refusal;
        }
        throw new InvalidOperationException("The connection ended without a refusal.");
    }

    public void Dispose()
    {
        Socket.Abort();
        Socket.Dispose();
    }
}

/// <summary>The connection did not become a WebSocket.</summary>
internal sealed class RefusedConnection(int status, string? refusal, Exception cause) : Exception(refusal ?? cause.Message, cause)
{
    public int Status { get; } = status;

    public string? Refusal { get; } = refusal;
}
