using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Benchmarks.Transports;

/// <summary>A consortium of a coordinator and two participants in a folder, so that several processes can be its parties.</summary>
internal static class BenchConsortium
{
    public static readonly PartyId Coordinator = new("coordinator");
    public static readonly PartyId First = new("a");
    public static readonly PartyId Second = new("b");

    public static async Task CreateAsync(string folder)
    {
        using var authority = ConsortiumAuthority.Create(Path.Combine(folder, "authority"), "Benchmarks", TimeProvider.System);
        foreach (var (name, role) in ((PartyId, PartyRole)[])[(Coordinator, PartyRole.Coordinator), (First, PartyRole.Participant), (Second, PartyRole.Participant)])
        {
            var invitation = await authority.InviteAsync(name, role, TimeSpan.FromHours(1), null, CancellationToken.None);
            using var joined = await Enrolment.JoinAsync(invitation, Path.Combine(folder, name.Name), authority, TimeProvider.System, CancellationToken.None);
        }
    }

    public static NodeIdentity Load(string folder, PartyId name) => NodeIdentity.Load(Path.Combine(folder, name.Name), TimeProvider.System);
}
