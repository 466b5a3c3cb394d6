namespace Coterie.Core.Parties;

/// <summary>What a party does in a run.</summary>
public enum PartyRole
{
    /// <summary>Owns rows and trains on them; its rows never leave it in clear.</summary>
    Participant,

    /// <summary>Orchestrates the run and adds what participants send.</summary>
    Coordinator,

    /// <summary>Holds no data and assists a protocol; must not collude with the coordinator.</summary>
    Helper,

    /// <summary>May read the final model, where that is another party than the coordinator; holds the key the model is encrypted under.</summary>
    ModelOwner,
}
