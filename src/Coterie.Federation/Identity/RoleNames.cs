using Coterie.Core.Parties;

namespace Coterie.Federation.Identity;

/// <summary>What roles are called in certificates, tokens, commands, logs and figures.</summary>
public static class RoleNames
{
    /// <summary>The name of a role.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such role.</exception>
    public static string Of(PartyRole role) => role switch
    {
        PartyRole.Participant => "participant",
        PartyRole.Coordinator => "coordinator",
        PartyRole.Helper => "helper",
        PartyRole.ModelOwner => "model-owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such role."),
    };

    /// <summary>The role of that name, or null.</summary>
    public static PartyRole? Find(string name) => Enum.GetValues<PartyRole>().Where(r => Of(r) == name).Select(r => (PartyRole?)r).SingleOrDefault();
}
