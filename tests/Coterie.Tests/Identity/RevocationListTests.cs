using System.Security.Cryptography.X509Certificates;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class RevocationListTests : IDisposable
{
    private readonly Consortium _consortium = new();

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Install_OfAnOlderList_IsRefusedAndTheNewerStays()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        using var other = await _consortium.JoinAsync("clinic-b");
        var first = _consortium.Authority.Revocations();
        var (second, _, _) = await _consortium.Authority.RevokeAsync(member.Name, Consortium.None);
        Assert.Equal((1L, 2L), (first.Number, second.Number));
        other.InstallRevocations(second.Encoded.Span);
        Consortium.Refuses(IdentityReason.Outdated, () => other.InstallRevocations(first.Encoded.Span), "1", "2");
        Assert.Equal(2, other.InstallRevocations(second.Encoded.Span).Number);

        // Also after a restart, and also to a process that started before.
        using var again = NodeIdentity.Load(_consortium.FolderOf("clinic-b"), _consortium.Clock);
        Assert.Equal(2, again.Peers.Revocations.Number);
        Consortium.Refuses(IdentityReason.Revoked, () => again.Peers.Verify(member.Certificate));
        Consortium.Refuses(IdentityReason.Outdated, () => again.InstallRevocations(first.Encoded.Span));
    }

    [Fact]
    public async Task InstallRevocations_BySomeoneWhoMissedAList_DoesNotReplaceTheNewerFile()
    {
        using var member = await _consortium.JoinAsync("clinic-a");
        using var early = await _consortium.JoinAsync("clinic-b");
        using var late = NodeIdentity.Load(_consortium.FolderOf("clinic-b"), _consortium.Clock);
        var first = _consortium.Authority.Revocations();
        late.InstallRevocations((await _consortium.Authority.RevokeAsync(member.Name, Consortium.None)).List.Encoded.Span);
        Consortium.Refuses(IdentityReason.Outdated, () => early.InstallRevocations(first.Encoded.Span));
        using var again = NodeIdentity.Load(_consortium.FolderOf("clinic-b"), _consortium.Clock);
        Assert.Equal(2, again.Peers.Revocations.Number);
    }

    [Fact]
    public void Install_OfATwinWithTheSameNumber_IsRefused()
    {
        var peers = _consortium.Peers();
        using var key = KeyFile.Read(_consortium.AuthorityFolder);
        var twin = RevocationList.First(_consortium.Clock.Now.AddDays(1), key.Certificate, key.Signer);
        Consortium.Refuses(IdentityReason.Outdated, () => peers.Install(twin.Encoded.Span), "two different");
    }

    [Fact]
    public void Read_OfAnotherAuthorityOrAnAlteredByte_IsRefused()
    {
        using var other = new Consortium();
        Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Install(other.Authority.Revocations().Encoded.Span));
        var list = _consortium.Authority.Revocations().Encoded.ToArray();
        for (var i = 0; i < list.Length; i++)
        {
            var altered = list.ToArray();
            altered[i] ^= 1;
            Consortium.Refuses(IdentityReason.UnknownAuthority, () => _consortium.Peers().Install(altered));
        }
        Consortium.Refuses(IdentityReason.Malformed, () => _consortium.Peers().Install([]));
        Consortium.Refuses(IdentityReason.Malformed, () => _consortium.Peers().Install(new byte[RevocationList.MaximumBytes + 1]));
    }

    [Fact]
    public void With_OfManyCertificates_ReadsBackAndKeepsTheEarlierTime()
    {
        using var key = KeyFile.Read(_consortium.AuthorityFolder);
        using X509Certificate2 a = _consortium.Forge(), b = _consortium.Forge(), c = _consortium.Forge();
        var now = DateTimeOffset.FromUnixTimeSeconds(_consortium.Clock.Now.ToUnixTimeSeconds());
        var list = _consortium.Authority.Revocations().With([a, b], now, now, key.Certificate, key.Signer).With([a], now.AddDays(1), now, key.Certificate, key.Signer)
            .With([b], now.AddDays(-1), now, key.Certificate, key.Signer);
        var read = RevocationList.Read(list.Encoded.Span, key.Certificate);
        Assert.Equal((4L, 2, now), (read.Number, read.Count, read.Issued));
        Assert.Equal((now, now.AddDays(-1), null), (read.RevokedFrom(a), read.RevokedFrom(b), read.RevokedFrom(c)));
    }
}
