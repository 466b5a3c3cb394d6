using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Cryptography.Identity;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class ConsortiumAuthorityTests : IDisposable
{
    private readonly Consortium _consortium = new();

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Issue_TheSecondTime_IsRefusedAndSaidSo()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        var request = Consortium.Request(invitation);
        await _consortium.Authority.IssueAsync(request, Consortium.None);
        await UsedAsync(request);
        await UsedAsync(Consortium.Request(invitation));

        Task UsedAsync(JoinRequest again) => Consortium.RefusesAsync(IdentityReason.InvitationUsed, () => _consortium.Authority.IssueAsync(again, Consortium.None), "clinic-a", "once");
    }

    [Fact]
    public async Task Issue_ByEightAtOnceOverTwoOpenings_HasOneWinner()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        using var second = ConsortiumAuthority.Open(_consortium.AuthorityFolder, _consortium.Clock);
        var requests = Enumerable.Range(0, 8).Select(_ => Consortium.Request(invitation)).ToArray();
        var results = await Task.WhenAll(requests.Select((request, i) => Task.Run(async () =>
        {
            try
            {
                await (i % 2 == 0 ? _consortium.Authority : second).IssueAsync(request, Consortium.None);
                return (IdentityReason?)null;
            }
            catch (IdentityException refusal)
            {
                return refusal.Reason;
            }
        })));
        Assert.Single(results, r => r is null);
        Assert.All(results.Where(r => r is not null), r => Assert.Equal(IdentityReason.InvitationUsed, r));
        Assert.Single(Directory.GetFiles(Path.Combine(_consortium.AuthorityFolder, "issued")));
    }

    [Fact]
    public async Task Revoke_OfEightAtOnceOverTwoOpenings_LosesNone()
    {
        string[] names = [.. Enumerable.Range(0, 8).Select(i => $"clinic-{i}")];
        foreach (var name in names) (await _consortium.JoinAsync(name)).Dispose();
        using var second = ConsortiumAuthority.Open(_consortium.AuthorityFolder, _consortium.Clock);
        await Task.WhenAll(names.Select((name, i) => Task.Run(() => (i % 2 == 0 ? _consortium.Authority : second).RevokeAsync(new PartyId(name), Consortium.None))));
        Assert.Equal((9L, 8), (second.Revocations().Number, second.Revocations().Count));
    }

    /// <summary>The marker alone holds, too, where a file system knows no locks.</summary>
    [Fact]
    public async Task Claim_WithoutTheLock_SucceedsOnce()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        var book = new InvitationBook(Path.Combine(_consortium.AuthorityFolder, "invitations"));
        var stored = book.Find(Consortium.Request(invitation), _consortium.Authority.Fingerprint.AsSpan(), _consortium.Clock.Now);
        book.Claim(invitation.Id.AsSpan(), stored);
        Consortium.Refuses(IdentityReason.InvitationUsed, () => book.Claim(invitation.Id.AsSpan(), stored));
    }

    [Fact]
    public async Task Issue_AfterItsTime_IsRefused()
    {
        var invitation = await _consortium.InviteAsync("clinic-a", validity: TimeSpan.FromHours(1));
        _consortium.Clock.Now = _consortium.Clock.Now.AddMinutes(61);
        await Consortium.RefusesAsync(IdentityReason.InvitationExpired, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation), Consortium.None), "clinic-a");
    }

    [Fact]
    public async Task Issue_ForARequestSwappedOnTheWay_IsRefusedAndTheInvitationStaysGood()
    {
        var invitation = await _consortium.InviteAsync("clinic-a");
        var honest = Consortium.Request(invitation);
        using var thief = PartyIdentity.Create();
        await UnknownAsync(honest with { Request = CertificateRequests.Create(invitation.Name, thief) });
        await UnknownAsync(honest with { Proof = new byte[32] });
        await UnknownAsync(honest with { Invitation = new byte[16] });
        await Consortium.RefusesAsync(IdentityReason.Malformed, () => _consortium.Authority.IssueAsync(honest with { Invitation = new byte[15] }, Consortium.None));
        await _consortium.Authority.IssueAsync(honest, Consortium.None);

        Task UnknownAsync(JoinRequest request) => Consortium.RefusesAsync(IdentityReason.InvitationUnknown, () => _consortium.Authority.IssueAsync(request, Consortium.None));
    }

    [Fact]
    public async Task Issue_ForAnInvitationOfAnotherConsortium_IsRefused()
    {
        using var other = new Consortium();
        var invitation = await other.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(IdentityReason.InvitationUnknown, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation), Consortium.None));
        // Nor does it help to put the file there: the proof is bound to the authority.
        foreach (var file in Directory.GetFiles(Path.Combine(other.AuthorityFolder, "invitations")))
            File.Copy(file, Path.Combine(_consortium.AuthorityFolder, "invitations", Path.GetFileName(file)));
        await Consortium.RefusesAsync(IdentityReason.InvitationUnknown, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation), Consortium.None));
    }

    [Fact]
    public async Task Issue_ForARequestThatClaimsAnotherNameRoleAndAuthority_GivesWhatWasInvited()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var template = _consortium.Forge();
        var claim = new CertificateRequest("CN=clinic-b, CN=mallory", key, HashAlgorithmName.SHA256);
        claim.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        claim.CertificateExtensions.Add(new X509Extension("2.25.226404766063512615328590175393766680805.1", [0x0C, 0x0B, .. "coordinator"u8], false));
        var invitation = await _consortium.InviteAsync("clinic-a");
        var grant = await _consortium.Authority.IssueAsync(Consortium.Request(invitation, claim.CreateSigningRequest()), Consortium.None);
        using var certificate = X509CertificateLoader.LoadCertificate(grant.Certificate);
        var party = _consortium.Peers().Verify(certificate);
        Assert.Equal(("clinic-a", PartyRole.Participant), (party.Id.Name, party.Role));
        Assert.DoesNotContain("mallory", certificate.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issue_ForARequestWithoutPossessionOrOfAnotherCurve_IsRefused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        await MalformedAsync(new CertificateRequest("CN=clinic-a", p384, HashAlgorithmName.SHA256).CreateSigningRequest());
        await MalformedAsync(new CertificateRequest("CN=clinic-a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest());
        using var key = PartyIdentity.Create();
        var request = CertificateRequests.Create(new PartyId("clinic-a"), key);
        request[^1] ^= 1;
        await MalformedAsync(request);
        await MalformedAsync([]);
        await MalformedAsync([.. CertificateRequests.Create(new PartyId("clinic-a"), key), 0]);

        async Task MalformedAsync(byte[] csr)
        {
            var invitation = await _consortium.InviteAsync("clinic-a");
            await Consortium.RefusesAsync(IdentityReason.Malformed, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation, csr), Consortium.None), "P-256");
        }
    }

    [Fact]
    public async Task Issue_ForAKeyThatWasCertified_IsRefused()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        var request = CertificateRequests.Create(new PartyId("clinic-b"), member.Signer);
        var invitation = await _consortium.InviteAsync("clinic-b");
        await Consortium.RefusesAsync(IdentityReason.Taken, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation, request), Consortium.None), "key");
        using var authority = KeyFile.Read(_consortium.AuthorityFolder);
        request = CertificateRequests.Create(new PartyId("clinic-b"), authority.Signer);
        await Consortium.RefusesAsync(IdentityReason.Taken, () => _consortium.Authority.IssueAsync(Consortium.Request(invitation, request), Consortium.None), "key");
    }

    [Fact]
    public async Task Invite_OfANameInUse_IsRefusedUntilItIsRevoked()
    {
        using (await _consortium.JoinAsync("clinic-a"))
            await Consortium.RefusesAsync(IdentityReason.Taken, () => _consortium.InviteAsync("clinic-a"), "clinic-a", "revoke");
        await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), Consortium.None);
        await _consortium.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(IdentityReason.NotFound, () => _consortium.Authority.RevokeAsync(new PartyId("clinic-z"), Consortium.None));
    }

    [Fact]
    public async Task Invite_Again_WithdrawsTheEarlierInvitation()
    {
        var first = await _consortium.InviteAsync("clinic-a");
        var second = await _consortium.InviteAsync("clinic-a");
        await Consortium.RefusesAsync(IdentityReason.InvitationWithdrawn, () => _consortium.Authority.IssueAsync(Consortium.Request(first), Consortium.None));
        Assert.Equal((0, 1), ((await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), Consortium.None)) is var r ? (r.Certificates, r.Invitations) : default));
        await Consortium.RefusesAsync(IdentityReason.InvitationWithdrawn, () => _consortium.Authority.IssueAsync(Consortium.Request(second), Consortium.None));
    }

    [Fact]
    public async Task Invite_ForTooLongOrNoTimeOrAnUnsafeServer_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _consortium.InviteAsync("clinic-a", validity: TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _consortium.InviteAsync("clinic-a", validity: TimeSpan.FromDays(31)));
        foreach (var server in new[] { "http://hub:1", "https://hub:1/x", "https://u:p@hub:1", "https://hub?x=1" })
            await Consortium.RefusesAsync(
                IdentityReason.Malformed, () => _consortium.Authority.InviteAsync(new PartyId("clinic-a"), PartyRole.Participant, TimeSpan.FromHours(1), new Uri(server), Consortium.None), "https://");
    }

    [Fact]
    public void Create_WhereSomethingIs_OrUnderAStrangeName_IsRefusedAndChangesNothing()
    {
        var before = File.ReadAllText(Path.Combine(_consortium.AuthorityFolder, "key.pem"));
        Consortium.Refuses(IdentityReason.AlreadyExists, () => ConsortiumAuthority.Create(_consortium.AuthorityFolder, "again", _consortium.Clock), "never overwritten");
        Assert.Equal(before, File.ReadAllText(Path.Combine(_consortium.AuthorityFolder, "key.pem")));
        Consortium.Refuses(IdentityReason.Malformed, () => ConsortiumAuthority.Create(Path.Combine(_consortium.Folder, "x"), "a\nb", _consortium.Clock));
        Consortium.Refuses(IdentityReason.NotFound, () => ConsortiumAuthority.Open(Path.Combine(_consortium.Folder, "x"), _consortium.Clock), "identity init");
        Assert.False(Directory.Exists(Path.Combine(_consortium.Folder, "x")));
    }

    [Fact]
    public async Task Journal_TellsWhatWasDoneAndOnlyGrows()
    {
        var journal = Path.Combine(_consortium.AuthorityFolder, "journal.txt");
        using (await _consortium.JoinAsync("clinic-a")) { }
        var early = File.ReadAllText(journal);
        await _consortium.Authority.RevokeAsync(new PartyId("clinic-a"), Consortium.None);
        var late = File.ReadAllText(journal);
        Assert.StartsWith(early, late, StringComparison.Ordinal);
        Assert.All(["created", "invited clinic-a as participant", "joined clinic-a", "revoked clinic-a"], word => Assert.Contains(word, late, StringComparison.Ordinal));
    }
}
