using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coterie.Federation.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Federation.Transports.Carriers.WebSockets;

/// <summary>The framework's server with nothing but TLS 1.3, one listener and the endpoints that are asked for.</summary>
internal static class RelayHost
{
    /// <summary>Longest body of a request: certificate requests and lists of revoked certificates, not data.</summary>
    private const int BodyBytes = 1 << 20;

    /// <summary>Connections at once: parties and those that want to become some.</summary>
    private const int MostConnections = 8_192;

    /// <summary>Starts listening; answers <see cref="RelayServer.Path"/> with <paramref name="accept"/>.</summary>
    public static async Task<(WebApplication Application, IPEndPoint Endpoint)> StartAsync(
        IPEndPoint at, NodeIdentity identity, LinkOptions options, RequestDelegate accept, Action<WebApplication>? configure, CancellationToken cancellationToken)
    {
        var strangers = new Strangers(options.MostStrangers);
        // The empty builder: no configuration files, no environment variables, no other listeners.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = options.Patience;
            kestrel.Limits.KeepAliveTimeout = options.Patience;   // between requests; connections of parties are no requests any more
            kestrel.Listen(at, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.Use(next => connection => CountAsync(strangers, options, next, connection));   // before TLS, which costs more
                listener.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = options.Patience, OnConnection = _ => ValueTask.FromResult(Tls(identity)) });
            });
        });
        var application = builder.Build();
        application.UseWebSockets();
        application.UseRouting();
        application.MapGet(RelayServer.Path, accept);
        configure?.Invoke(application);
        await application.StartAsync(cancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return (application, new IPEndPoint(at.Address, new Uri(address).Port));
    }

    /// <summary>A connection takes one of its address's places until its party is known.</summary>
    private static async Task CountAsync(Strangers strangers, LinkOptions options, ConnectionDelegate next, ConnectionContext connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        using var place = strangers.TryEnter(address);
        if (place is null)
        {
            LinkLog.Crowded(options.Log, address.ToString(), options.MostStrangers);
            connection.Abort();
            return;
        }
        connection.Features.Set(place);
        await next(connection);
    }

    private static SslServerAuthenticationOptions Tls(NodeIdentity identity) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ServerCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true),
        ClientCertificateRequired = true,   // asks for one; going without is for the callback to accept
        // Any certificate, or none: which is enough depends on the endpoint, and only there can a refusal say why.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
        CertificateChainPolicy = NoChain(),
        AllowTlsResume = false,   // every connection shows its certificate
        AllowRenegotiation = false,
    };

    /// <summary>Certificates are judged by <see cref="PeerVerifier"/>; the platform's stores and the network have no say.</summary>
    public static X509ChainPolicy NoChain() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
