using System.Collections.Immutable;

namespace Coterie.Federation.Nodes;

/// <summary>How a participant, helper or model owner is run.</summary>
public sealed record PartyRequest
{
    /// <summary>Names of runs or tasks that are agreed to without asking.</summary>
    public ImmutableArray<string> Approved { get; init; } = [];

    /// <summary>Whether the node ends with the first run that ends.</summary>
    public bool Once { get; init; }

    /// <summary>Folder in which whoever supervises this process finds this party's report; null: nobody does.</summary>
    public string? Supervision { get; init; }
}
