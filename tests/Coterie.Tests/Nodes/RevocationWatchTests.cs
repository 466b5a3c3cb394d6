using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Offers;
using Coterie.Tests.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coterie.Tests.Nodes;

/// <summary>Revocations that come while a node runs.</summary>
public sealed class RevocationWatchTests : IDisposable
{
    private readonly Consortium _consortium = new();
    private int _rechecks;

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Look_ANewListIsInTheFolder_JudgesEverybodyAnewOnce()
    {
        using var identity = await RevokedAsync(out var list);
        var watch = Watch(identity, null);
        await watch.LookAsync(ask: true, Consortium.None);
        Assert.Equal(0, _rechecks);
        // As another process of this party does.
        using (var other = NodeIdentity.Open(_consortium.FolderOf("clinic-1"), _consortium.Clock)) other.InstallRevocations((await list()).Encoded.Span);
        await watch.LookAsync(ask: true, Consortium.None);
        await watch.LookAsync(ask: true, Consortium.None);
        Assert.Equal((1, (await list()).Number), (_rechecks, identity.Peers.Revocations.Number));
    }

    [Fact]
    public async Task Look_TheAuthorityHasANewList_TakesItUpInMemoryAndOnTheDisk()
    {
        using var identity = await RevokedAsync(out var list);
        var watch = Watch(identity, async _ => (await list()).Encoded.ToArray());
        await watch.LookAsync(ask: false, Consortium.None);
        Assert.Equal(0, _rechecks);
        await watch.LookAsync(ask: true, Consortium.None);
        using var again = NodeIdentity.Open(_consortium.FolderOf("clinic-1"), _consortium.Clock);
        Assert.Equal((1, (await list()).Number, (await list()).Number), (_rechecks, identity.Peers.Revocations.Number, again.Peers.Revocations.Number));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(null)]
    public async Task Look_TheAuthorityGivesNothingOfUse_KeepsTheListAndGoesOn(Type? failure)
    {
        using var identity = await RevokedAsync(out _);
        var held = identity.Peers.Revocations.Number;
        var watch = Watch(identity, _ => failure is null ? Task.FromResult(new byte[] { 1, 2, 3 }) : throw (Exception)Activator.CreateInstance(failure)!);
        await watch.LookAsync(ask: true, Consortium.None);
        Assert.Equal((0, held), (_rechecks, identity.Peers.Revocations.Number));
    }

    /// <summary>Who is revoked while a run is on drops out; it does not take everybody else's restart with it.</summary>
    [Fact]
    public async Task Restore_OfARunWithARevokedParty_IsTheRunThatBegan()
    {
        using var coordinator = await _consortium.JoinAsync("coordinator", PartyRole.Coordinator);
        using var clinic = await _consortium.JoinAsync("clinic-1");
        Party[] parties = [.. new[] { coordinator, clinic }.Select(i => new Party(i.Name, i.Role, i.Signer.PublicKey))];
        var roster = new Roster("trial-1", parties, "federated", 1, true, new byte[32]);
        var message = new RunStart(roster, [], [[.. coordinator.Certificate.RawData], [.. clinic.Certificate.RawData]]).ToMessage();
        var begun = RunStart.Read(message, coordinator.Name, coordinator.Peers);
        coordinator.InstallRevocations((await _consortium.Authority.RevokeAsync(clinic.Name, Consortium.None)).List.Encoded.Span);
        Assert.Throws<ProtocolException>(() => RunStart.Read(message, coordinator.Name, coordinator.Peers));
        var restored = RunStart.Restore(message, coordinator.Name);
        Assert.Equal<IEnumerable<byte>>(begun.Roster.Digest, restored.Roster.Digest);
        Assert.Equal<IEnumerable<VerifiedParty>>(begun.Parties.Select(Plain), restored.Parties.Select(Plain));
    }

    /// <summary>Without the key, which compares by reference; the roster's digest covers it.</summary>
    private static VerifiedParty Plain(VerifiedParty party) => new(new Party(party.Party.Id, party.Party.Role, []), party.Fingerprint);

    private Task<NodeIdentity> RevokedAsync(out Func<Task<RevocationList>> list)
    {
        RevocationList? made = null;
        list = async () => made ??= (await _consortium.Authority.RevokeAsync(new PartyId("clinic-2"), Consortium.None)).List;
        return JoinAsync();
        async Task<NodeIdentity> JoinAsync()
        {
            (await _consortium.JoinAsync("clinic-2")).Dispose();
            return await _consortium.JoinAsync("clinic-1");
        }
    }

    private RevocationWatch Watch(NodeIdentity identity, Func<CancellationToken, Task<byte[]>>? ask) =>
        new(identity, _consortium.FolderOf("clinic-1"), () => _rechecks++, NullLogger.Instance) { Ask = ask };
}
