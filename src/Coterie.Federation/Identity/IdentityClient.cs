using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>
/// Speaks to an authority through the coordinator's node: TLS 1.3, and the server has to prove that it is a coordinator of the consortium.
/// The name of its machine does not matter.
/// </summary>
public sealed class IdentityClient : IIdentityAuthority, IDisposable
{
    private const int MaximumRefusal = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private IdentityException? _refused;

    /// <summary>A client of <paramref name="server"/> that judges it by <paramref name="peers"/>.</summary>
    /// <param name="server">https, host and port.</param>
    /// <param name="peers">Has to accept the server's certificate as a coordinator's.</param>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Malformed"/>: the address is not one of a server.</exception>
    public IdentityClient(Uri server, PeerVerifier peers)
        : this(server, certificate => peers.Verify(certificate, PartyRole.Coordinator)) => ArgumentNullException.ThrowIfNull(peers);

    private IdentityClient(Uri server, Action<X509Certificate2> judge)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = ServerAddress.Parse(server.OriginalString);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Patience };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Judge(certificate as X509Certificate2, judge),
            // What the framework finds out by itself is not asked for; it shall at least download nothing.
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        _http = new HttpClient(handler) { BaseAddress = Server, Timeout = Patience, MaxResponseContentBufferSize = RevocationList.MaximumBytes + (2 * CertificateProfile.MaximumBytes) };
    }

    /// <summary>The server.</summary>
    public Uri Server { get; }

    /// <summary>The revocation list as the authority has it now; install it to have it checked.</summary>
    /// <exception cref="IdentityException">The server is not accepted or cannot be reached.</exception>
    public Task<byte[]> RevocationsAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, IdentityRoutes.Revocations, null, cancellationToken);

    /// <summary>
    /// A client for a party that holds an invitation only. A first connection, to nobody in particular, fetches the authority's certificate, which the
    /// invitation's fingerprint proves; everything else goes over a second one, whose server is judged by it.
    /// </summary>
    internal static async Task<IdentityClient> FromInvitationAsync(Invitation invitation, Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var anyone = new IdentityClient(server, static _ => { });
        var published = IdentityGrant.Decode(await anyone.SendAsync(HttpMethod.Get, IdentityRoutes.Authority, null, cancellationToken));
        return new IdentityClient(server, Enrolment.PeersOf(invitation, published, time));
    }

    async Task<IdentityGrant> IIdentityAuthority.JoinAsync(JoinRequest request, CancellationToken cancellationToken) =>
        IdentityGrant.Decode(await SendAsync(HttpMethod.Post, IdentityRoutes.Join, request.Encode(), cancellationToken));

    async Task<IdentityGrant> IIdentityAuthority.RenewAsync(RenewRequest request, CancellationToken cancellationToken) =>
        IdentityGrant.Decode(await SendAsync(HttpMethod.Post, IdentityRoutes.Renew, request.Encode(), cancellationToken));

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private bool Judge(X509Certificate2? certificate, Action<X509Certificate2> judge)
    {
        try
        {
            if (certificate is null) throw new IdentityException(IdentityReason.UnknownAuthority, "The server shows no certificate.");
            judge(certificate);
            return true;
        }
        catch (IdentityException refusal)
        {
            _refused = refusal;
            return false;
        }
    }

    private async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        _refused = null;
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(IdentityRoutes.ContentType);
            }
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) throw await RefusalAsync(answer, cancellationToken);
            return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw _refused is { } refusal
                ? new IdentityException(refusal.Reason, $"{Server} is not accepted: {refusal.Message}", error)
                : new IdentityException(IdentityReason.Unreachable, $"{Server} cannot be reached: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IdentityException(IdentityReason.Unreachable, $"{Server} has not answered for {Patience.TotalSeconds} seconds.", error);
        }
    }

    /// <summary>The server's own reason, where it says one; its sentence is shown without anything a terminal would obey.</summary>
    private async Task<IdentityException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.Headers.TryGetValues(IdentityRoutes.ReasonHeader, out var names) || names.FirstOrDefault() is not { } name
            || !Enum.GetNames<IdentityReason>().Contains(name, StringComparer.Ordinal))
            return new IdentityException(IdentityReason.Unreachable, $"{Server} answers with status {(int)answer.StatusCode}: no authority is there.");
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return new IdentityException(Enum.Parse<IdentityReason>(name), string.Concat(text.Take(MaximumRefusal).Where(c => !char.IsControl(c))));
    }
}
