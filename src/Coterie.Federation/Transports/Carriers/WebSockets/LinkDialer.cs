using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers.Packets;
using Reason = Coterie.Federation.Protos.Refusal.Types.Reason;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>Connects a party to its coordinator: TLS 1.3 with both certificates, WebSocket, then Hello and Welcome.</summary>
/// <param name="address">Host and port; who answers there is judged by its certificate, not by the host's name.</param>
/// <param name="identity">Who connects.</param>
/// <param name="expected">The coordinator's name, if it must be a certain one.</param>
/// <param name="options">Waits and bounds.</param>
internal sealed class LinkDialer(DnsEndPoint address, NodeIdentity identity, PartyId? expected, LinkOptions options)
{
    /// <summary>Connects once.</summary>
    /// <exception cref="LinkRefusedException">One side refuses the other; the reason says whether for good.</exception>
    /// <exception cref="IOException">No connection came about, for another reason.</exception>
    public async Task<DialedLink> DialAsync(bool standby, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            var coordinator = await ConnectAsync(socket, cancellationToken);
            var packets = new PacketSocket(socket, options);
            await GreetAsync(packets, standby, cancellationToken);
            return new DialedLink(coordinator, packets);
        }
        catch
        {
            socket.Abort();
            socket.Dispose();
            throw;
        }
    }

    private async Task<Party> ConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        (Party? Party, LinkRefusedException? Refusal) judged = default;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.Patience,
            SslOptions = Tls(certificate => (judged = Judge(certificate)).Party is not null),
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        socket.Options.HttpVersion = HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = options.KeepAlive;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        using var late = new CancellationTokenSource(2 * options.Patience, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(new UriBuilder(Uri.UriSchemeWss, address.Host, address.Port, RelayServer.Path).Uri, invoker, either.Token);
            return judged.Party ?? throw new IOException("The coordinator's certificate was not judged.");
        }
        catch (WebSocketException e)
        {
            if (judged.Refusal is { } refusal) throw refusal;
            if (socket.HttpResponseHeaders?.FirstOrDefault(h => h.Key.Equals(RefusalReasons.Header, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault() is { } header)
            {
                var (reason, text) = RefusalReasons.FromHeader(header);
                throw new LinkRefusedException(reason, $"The coordinator refuses {identity.Name}: {text}", e);
            }
            throw new IOException(Explain(e, socket.HttpStatusCode), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"No answer within {2 * options.Patience.TotalSeconds:0.#} s.", e);
        }
    }

    private SslClientAuthenticationOptions Tls(Func<X509Certificate2, bool> judge) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 known && judge(known),
        CertificateChainPolicy = RelayHost.NoChain(),
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    private (Party?, LinkRefusedException?) Judge(X509Certificate2 certificate)
    {
        try
        {
            var party = identity.Peers.Verify(certificate);
            if (party.Role != PartyRole.Coordinator) return (null, Refusal($"{party.Id}, a {RoleNames.Of(party.Role)}, answers there; a coordinator is expected."));
            if (expected is { } name && party.Id != name) return (null, Refusal($"{party.Id} answers there; {name} is expected."));
            return (party, null);
        }
        catch (IdentityException e)
        {
            return (null, Refusal(e.Message));
        }
    }

    /// <summary>Never for good: anybody can answer at an address once, and must not end a party that way.</summary>
    private static LinkRefusedException Refusal(string text) => new(Reason.Unspecified, $"The coordinator's certificate is not accepted: {text}");

    private async Task GreetAsync(PacketSocket packets, bool standby, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Patience, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        packets.Send(new Packet { Hello = new Hello { Version = options.Version, UnixMilliseconds = options.Time.GetUtcNow().ToUnixTimeMilliseconds(), Standby = standby } });
        try
        {
            if (await packets.ReceiveAsync(PacketLimits.ControlBytes, either.Token) is not { } packet) throw new IOException("The coordinator closed the connection without a word.");
            var view = PacketView.Read(packet.Memory);
            if (view.Kind == PacketKind.Refusal) throw FromPacket(view.Body);
            if (view.Kind != PacketKind.Welcome) throw new MalformedPacketException($"A packet of kind {view.Kind} came first; Welcome is expected.");
            Check(ControlMessages.ParseLoosely(Welcome.Parser, view.Body));
            packet.Release();
        }
        catch (WebSocketException e)
        {
            throw new IOException($"The connection broke at once: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"No welcome within {options.Patience.TotalSeconds:0.#} s.", e);
        }
    }

    /// <summary>The coordinator's refusal as an exception.</summary>
    public static LinkRefusedException FromPacket(ReadOnlyMemory<byte> body)
    {
        var refusal = ControlMessages.ParseLoosely(Protos.Refusal.Parser, body);
        return new LinkRefusedException(refusal.Reason, $"The coordinator refuses: {refusal.Text}");
    }

    private void Check(Welcome welcome)
    {
        if (welcome.Version != options.Version) throw new LinkRefusedException(Reason.Version, $"The coordinator speaks version {welcome.Version} of packets; {options.Version} is spoken here.");
        if (LinkGate.ClockProblem(welcome.UnixMilliseconds, options.Time.GetUtcNow(), options.LargestSkew, "the coordinator's", "the party's") is { } problem)
            throw new LinkRefusedException(Reason.Clock, problem);
    }

    private static string Explain(WebSocketException failure, HttpStatusCode status) => status switch
    {
        default(HttpStatusCode) => failure.GetBaseException().Message,
        HttpStatusCode.ServiceUnavailable => "The coordinator is there and takes no parties yet.",
        _ => $"What answers there is no coordinator, or refuses without a reason: HTTP status {(int)status}.",
    };
}
