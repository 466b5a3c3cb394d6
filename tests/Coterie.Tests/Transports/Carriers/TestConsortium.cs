using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Transports.Carriers;

/// <summary>A consortium in a private folder: an authority and whoever is asked for.</summary>
internal sealed class TestConsortium : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coterie-carriers-").FullName;
    private readonly ConsortiumAuthority _authority;
    private readonly List<IDisposable> _owned = [];
    private readonly TimeProvider _time;

    public TestConsortium(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _authority = ConsortiumAuthority.Create(Path.Combine(_folder, "authority"), "Tests", _time);
    }

    public async Task<NodeIdentity> JoinAsync(string name, PartyRole role = PartyRole.Participant)
    {
        var invitation = await _authority.InviteAsync(new PartyId(name), role, TimeSpan.FromHours(1), null, CancellationToken.None);
        using var joined = await Enrolment.JoinAsync(invitation, Path.Combine(_folder, name), _authority, _time, CancellationToken.None);
        return Open(name);
    }

    /// <summary>The same identity again, as another process would hold it, by the system's clock or another.</summary>
    public NodeIdentity Open(string name, TimeProvider? time = null)
    {
        var identity = NodeIdentity.Open(Path.Combine(_folder, name), time ?? TimeProvider.System);
        _owned.Add(identity);
        return identity;
    }

    public async Task RevokeAsync(string name, params NodeIdentity[] told)
    {
        var (list, _, _) = await _authority.RevokeAsync(new PartyId(name), CancellationToken.None);
        foreach (var identity in told) identity.InstallRevocations(list.Encoded.Span);
    }

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
