using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Tests.Identity;

/// <summary>Joining and renewing over TLS, against the framework's own server.</summary>
public sealed class AuthorityEndpointsTests : IDisposable
{
    private readonly Consortium _consortium = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _patience.Dispose();
        _consortium.Dispose();
    }

    [Fact]
    public async Task JoinRenewAndRevocations_OverTheNetwork_Work()
    {
        using var hub = await _consortium.JoinAsync("hub", PartyRole.Coordinator);
        await using var server = await HostAsync(hub);
        var invitation = await _consortium.InviteAsync("clinic-a");
        using var member = await Enrolment.JoinAsync(invitation, _consortium.FolderOf("clinic-a"), AddressOf(server), _consortium.Clock, _patience.Token);
        Assert.Equal(("clinic-a", PartyRole.Participant, AddressOf(server)), (member.Name.Name, member.Role, member.Server));
        await Consortium.RefusesAsync(
            IdentityReason.InvitationUsed, () => Enrolment.JoinAsync(invitation, _consortium.FolderOf("again"), AddressOf(server), _consortium.Clock, _patience.Token), "clinic-a", "once");
        Assert.False(Directory.Exists(_consortium.FolderOf("again")));

        await Enrolment.RenewAsync(member, AddressOf(server), _patience.Token);
        using var renewed = NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock);
        Assert.False(member.Signer.PublicKey.AsSpan().SequenceEqual(renewed.Signer.PublicKey.AsSpan()));

        using var gone = await _consortium.JoinAsync("clinic-b");
        await _consortium.Authority.RevokeAsync(gone.Name, _patience.Token);
        using var client = new IdentityClient(AddressOf(server), renewed.Peers);
        renewed.InstallRevocations(await client.RevocationsAsync(_patience.Token));
        Consortium.Refuses(IdentityReason.Revoked, () => renewed.Peers.Verify(gone.Certificate));
    }

    [Fact]
    public async Task Join_AtAServerThatIsNoCoordinatorOfTheConsortium_IsRefusedBeforeTheProofLeaves()
    {
        using var other = new Consortium();
        using var participant = await _consortium.JoinAsync("clinic-x");
        using var stranger = await other.JoinAsync("hub", PartyRole.Coordinator);
        foreach (var (identity, reason) in new[] { (participant, IdentityReason.WrongRole), (stranger, IdentityReason.UnknownAuthority) })
        {
            // The impostor hands on the true authority's certificate, which is public.
            await using var server = await HostAsync(identity);
            var invitation = await _consortium.InviteAsync("clinic-a");
            await Consortium.RefusesAsync(reason, () => Enrolment.JoinAsync(invitation, _consortium.FolderOf("clinic-a"), AddressOf(server), _consortium.Clock, _patience.Token), "not accepted");
            Assert.False(Directory.Exists(_consortium.FolderOf("clinic-a")));
            await _consortium.Authority.IssueAsync(Consortium.Request(invitation), _patience.Token);
            await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), _patience.Token);
        }
        using var hub = await other.JoinAsync("hub2", PartyRole.Coordinator);
        await using var elsewhere = await HostAsync(hub, other.Authority);
        var mine = await _consortium.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(
            IdentityReason.UnknownAuthority, () => Enrolment.JoinAsync(mine, _consortium.FolderOf("clinic-a"), AddressOf(elsewhere), _consortium.Clock, _patience.Token), "not the one that invited");
    }

    [Fact]
    public async Task Join_AtARevokedCoordinator_IsRefused()
    {
        using var hub = await _consortium.JoinAsync("hub", PartyRole.Coordinator);
        await using var server = await HostAsync(hub);
        await _consortium.Authority.RevokeAsync(hub.Name, _patience.Token);
        var invitation = await _consortium.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(IdentityReason.Revoked, () => Enrolment.JoinAsync(invitation, _consortium.FolderOf("clinic-a"), AddressOf(server), _consortium.Clock, _patience.Token), "hub");
    }

    [Fact]
    public async Task Join_OfABodyThatIsTooLongOrNoRequest_IsRefused()
    {
        using var hub = await _consortium.JoinAsync("hub", PartyRole.Coordinator);
        await using var server = await HostAsync(hub);
        using var http = Raw(server);
        foreach (var streamed in new[] { false, true })
        {
            using var content = streamed ? (HttpContent)new StreamContent(new Endless(20_000)) : new ByteArrayContent(new byte[20_000]);
            try
            {
                using var refused = await http.PostAsync("/v1/identity/join", content, _patience.Token);
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            }
            catch (HttpRequestException)
            {
                // The server answers and hangs up while the rest is still being sent; the answer does not always get through.
            }
        }
        foreach (var path in new[] { "/v1/identity/join", "/v1/identity/renew" })
            foreach (var length in new[] { 0, 1, 100, 16 << 10 })
            {
                using var content = new ByteArrayContent(new byte[length]);
                using var refused = await http.PostAsync(path, content, _patience.Token);
                Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
                Assert.Equal("Malformed", Assert.Single(refused.Headers.GetValues("Coterie-Reason")));
            }
    }

    [Fact]
    public async Task Requests_TooManyFromOneAddress_AreTurnedAway()
    {
        using var hub = await _consortium.JoinAsync("hub", PartyRole.Coordinator);
        await using var server = await HostAsync(hub);
        using var http = Raw(server);
        var statuses = new List<HttpStatusCode>();
        // The window may turn once while the requests are made, so that twice as many may pass.
        for (var i = 0; i < (2 * AuthorityEndpoints.RequestsPerMinute) + 1 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await http.GetAsync("/v1/identity/revocations", _patience.Token);
            statuses.Add(answer.StatusCode);
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.True(statuses.Count > AuthorityEndpoints.RequestsPerMinute);
    }

    [Fact]
    public async Task Client_OfAServerWithOldTlsOrNone_IsRefused()
    {
        using var hub = await _consortium.JoinAsync("hub", PartyRole.Coordinator);
        await using var server = await HostAsync(hub, protocols: SslProtocols.Tls12);
        using var client = new IdentityClient(AddressOf(server), hub.Peers);
        await Consortium.RefusesAsync(IdentityReason.Unreachable, () => client.RevocationsAsync(_patience.Token));
        Consortium.Refuses(IdentityReason.Malformed, () => new IdentityClient(new Uri("http://localhost:1"), hub.Peers).Dispose(), "https://");
    }

    private async Task<WebApplication> HostAsync(NodeIdentity identity, ConsortiumAuthority? authority = null, SslProtocols protocols = SslProtocols.Tls13)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = identity.Certificate,
            SslProtocols = protocols,
            ClientCertificateMode = ClientCertificateMode.NoCertificate,
        })));
        var app = builder.Build();
        AuthorityEndpoints.Map(app, authority ?? _consortium.Authority);
        await app.StartAsync(_patience.Token);
        return app;
    }

    private static Uri AddressOf(WebApplication server) => new(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static HttpClient Raw(WebApplication server) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { BaseAddress = AddressOf(server) };

    /// <summary>A body of unknown length.</summary>
    private sealed class Endless(int length) : Stream
    {
        private int _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = Math.Min(count, _left);
            _left -= given;
            return given;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
