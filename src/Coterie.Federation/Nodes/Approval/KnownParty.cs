namespace Coterie.Federation.Nodes.Approval;

/// <summary>A party that a policy names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fingerprint">SHA-256 of its certificate, 64 lower-case hexadecimal digits; null: any certificate of the consortium in that name.</param>
public sealed record KnownParty(string Name, string? Fingerprint = null)
{
    /// <summary>Whether a verified party is this one.</summary>
    public bool Matches(VerifiedParty party)
    {
        ArgumentNullException.ThrowIfNull(party);
        return party.Party.Id.Name == Name && (Fingerprint is null || Fingerprint == party.Fingerprint);
    }
}
