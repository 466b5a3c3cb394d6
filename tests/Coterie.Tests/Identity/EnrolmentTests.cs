using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class EnrolmentTests : IDisposable
{
    private readonly Consortium _consortium = new();

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Join_WhereAnIdentityIs_IsRefusedAndTheInvitationStaysGood()
    {
        using (await _consortium.JoinAsync("clinic-a")) { }
        var invitation = await _consortium.InviteAsync("clinic-b");
        var before = File.ReadAllText(Path.Combine(_consortium.FolderOf("clinic-a"), "key.pem"));
        await Consortium.RefusesAsync(IdentityReason.AlreadyExists, () => JoinAsync(invitation, _consortium.FolderOf("clinic-a"), _consortium.Authority));
        Assert.Equal(before, File.ReadAllText(Path.Combine(_consortium.FolderOf("clinic-a"), "key.pem")));
        using var joined = await JoinAsync(invitation, _consortium.FolderOf("clinic-b"), _consortium.Authority);
    }

    [Fact]
    public async Task Join_AtAnAuthorityThatDidNotInvite_KeepsNothing()
    {
        using var other = new Consortium();
        var invitation = await _consortium.InviteAsync("clinic-a");
        var willing = new AnyAuthority { Join = async _ => await other.Authority.IssueAsync(Consortium.Request(await other.InviteAsync("clinic-a")), Consortium.None) };
        await RefusedAsync(IdentityReason.UnknownAuthority, invitation, willing, "not the one that invited");
    }

    [Fact]
    public async Task Join_WhoseAnswerIsForAnotherKeyNameOrRole_KeepsNothing()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        // The right authority, fooled into certifying the key of the man in the middle.
        var otherKey = await _consortium.Authority.IssueAsync(Consortium.Request(await _consortium.InviteAsync("clinic-x")), Consortium.None);
        await RefusedAsync(IdentityReason.Malformed, invitation, new AnyAuthority { Join = _ => Task.FromResult(otherKey) }, "clinic-a");
        await RefusedAsync(IdentityReason.Malformed, invitation, new AnyAuthority { Join = _ => Task.FromResult(otherKey with { Certificate = [1] }) });
        await RefusedAsync(IdentityReason.UnknownAuthority, invitation, new AnyAuthority { Join = _ => Task.FromResult(otherKey with { Authority = otherKey.Certificate }) });
        await RefusedAsync(IdentityReason.Malformed, invitation, new AnyAuthority { Join = _ => Task.FromResult(otherKey with { Revocations = [1] }) });
        var sameName = await _consortium.Authority.IssueAsync(Consortium.Request(await _consortium.InviteAsync("clinic-a")), Consortium.None);
        await RefusedAsync(IdentityReason.Malformed, invitation, new AnyAuthority { Join = _ => Task.FromResult(sameName) }, "another key");
        await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), Consortium.None);
        var helper = await _consortium.InviteAsync("clinic-a", PartyRole.Helper);
        await RefusedAsync(IdentityReason.Malformed, invitation, new AnyAuthority { Join = r => SwapAsync(helper, r) });

        Task<IdentityGrant> SwapAsync(Invitation used, JoinRequest request) => _consortium.Authority.IssueAsync(Consortium.Request(used, request.Request), Consortium.None);
    }

    [Fact]
    public async Task Join_WithAnInvitationThatHasEnded_AsksNobody()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        _consortium.Clock.Now = _consortium.Clock.Now.AddDays(2);
        await RefusedAsync(IdentityReason.InvitationExpired, invitation, new AnyAuthority(), "clock");
    }

    [Fact]
    public async Task Join_OfAMachineWhoseClockIsBehind_KeepsTheIdentityAndNamesTheClock()
    {
        var slow = new SetClock(_consortium.Clock.Now.AddMinutes(-20));
        var invitation = await _consortium.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(
            IdentityReason.NotYetValid, () => Enrolment.JoinAsync(invitation, _consortium.FolderOf("clinic-a"), _consortium.Authority, slow, Consortium.None), "clock", $"{slow.Now:u}");
        slow.Now = _consortium.Clock.Now;
        using var joined = NodeIdentity.Load(_consortium.FolderOf("clinic-a"), slow);
    }

    [Fact]
    public async Task Renew_GivesANewKeyAndLeavesTheOldOneItsGrace()
    {
        using var old = await _consortium.JoinAsync("clinic-a", PartyRole.Coordinator);
        _consortium.Clock.Now = _consortium.Clock.Now.AddDays(300);
        await Enrolment.RenewAsync(old, _consortium.Authority, Consortium.None);
        using var renewed = NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock);
        Assert.Equal((old.Name, old.Role), (renewed.Name, renewed.Role));
        Assert.False(old.Signer.PublicKey.AsSpan().SequenceEqual(renewed.Signer.PublicKey.AsSpan()));
        var peers = renewed.Peers;
        peers.Verify(old.Certificate);

        // The answer may be lost: within the grace the old certificate renews again, and gains no time by it.
        _consortium.Clock.Now = _consortium.Clock.Now.AddHours(23);
        await Enrolment.RenewAsync(old, _consortium.Authority, Consortium.None);
        peers.Install(_consortium.Authority.Revocations().Encoded.Span);
        peers.Verify(renewed.Certificate);
        _consortium.Clock.Now = _consortium.Clock.Now.AddMinutes(61);
        Consortium.Refuses(IdentityReason.Revoked, () => peers.Verify(old.Certificate));
        await Consortium.RefusesAsync(IdentityReason.Revoked, () => Enrolment.RenewAsync(old, _consortium.Authority, Consortium.None));
        using var last = NodeIdentity.Load(_consortium.FolderOf("clinic-a"), _consortium.Clock);
        _consortium.Clock.Now = _consortium.Clock.Now.AddDays(300);
        last.Peers.Verify(last.Certificate);
    }

    [Fact]
    public async Task Renew_WithoutTheOldKeyOrWithAnOldRequestOrExpired_IsRefused()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        using var thief = await _consortium.JoinAsync("clinic-b");
        var requests = new List<RenewRequest>();
        await Enrolment.RenewAsync(member, new AnyAuthority { Renew = r => { requests.Add(r); return _consortium.Authority.RenewAsync(r, Consortium.None); } }, Consortium.None);
        var honest = Assert.Single(requests);
        await RefusedAsync(IdentityReason.Taken, honest);
        var fresh = CertificateRequests.Create(member.Name, Coterie.Cryptography.Identity.PartyIdentity.Create());
        await RefusedAsync(IdentityReason.Malformed, honest with { Request = fresh });
        await RefusedAsync(IdentityReason.Malformed, honest with { Request = fresh, Signature = thief.Signer.Sign(RenewRequest.SignedBytes(_consortium.Authority.Fingerprint.AsSpan(), fresh)) });
        _consortium.Clock.Now = _consortium.Clock.Now.AddDays(400);
        await Consortium.RefusesAsync(IdentityReason.Expired, () => Enrolment.RenewAsync(thief, _consortium.Authority, Consortium.None));

        Task RefusedAsync(IdentityReason reason, RenewRequest request) => Consortium.RefusesAsync(reason, () => _consortium.Authority.RenewAsync(request, Consortium.None));
    }

    private async Task<NodeIdentity> JoinAsync(Invitation invitation, string folder, IIdentityAuthority authority) =>
        await Enrolment.JoinAsync(invitation, folder, authority, null, _consortium.Clock, Consortium.None);

    private async Task RefusedAsync(IdentityReason reason, Invitation invitation, IIdentityAuthority authority, params string[] words)
    {
        var folder = _consortium.FolderOf("victim");
        await Consortium.RefusesAsync(reason, () => JoinAsync(invitation, folder, authority), words);
        Assert.False(Directory.Exists(folder));
    }

    /// <summary>An authority that answers what a test wants.</summary>
    private sealed class AnyAuthority : IIdentityAuthority
    {
        public Func<JoinRequest, Task<IdentityGrant>> Join { get; init; } = _ => throw new InvalidOperationException("Nobody was to be asked.");

        public Func<RenewRequest, Task<IdentityGrant>> Renew { get; init; } = _ => throw new InvalidOperationException("Nobody was to be asked.");

        public Task<IdentityGrant> JoinAsync(JoinRequest request, CancellationToken cancellationToken) => Join(request);

        public Task<IdentityGrant> RenewAsync(RenewRequest request, CancellationToken cancellationToken) => Renew(request);

        public Task<byte[]> RevocationsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
