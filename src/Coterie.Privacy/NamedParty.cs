using Coterie.Core.Parties;

namespace Coterie.Privacy;

/// <summary>A party besides coordinator and participants that a mode needs: a helper, or an owner of the model. It holds no data.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Role">What it does.</param>
public sealed record NamedParty(PartyId Id, PartyRole Role)
{
    /// <summary>What it does, as sentences say it of the task: "its helper".</summary>
    public string Office => Role == PartyRole.Helper ? "its helper" : "its model's owner";

    /// <summary>The key in task files that names it.</summary>
    public string Key => Role == PartyRole.Helper ? "helper" : "model-owner";
}
