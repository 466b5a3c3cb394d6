using Coterie.Core.Parties;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>The part of a task that says how contributions are hidden.</summary>
public sealed record ModeOptions(string Mode)
{
    /// <summary>Participants needed to open a sum; null: the smallest number above two thirds.</summary>
    public int? Threshold { get; init; }

    /// <summary>Agrees to sums over fewer than three participants.</summary>
    public bool AllowSmallRoster { get; init; }

    /// <summary>How masked vectors travel.</summary>
    public Topology Topology { get; init; } = Topology.Star;

    /// <summary>Bits of Paillier keys, 2048 or 3072, in the modes that have them; null: 3072.</summary>
    public int? KeyBits { get; init; }

    /// <summary>Who owns the model where that is another party than the coordinator, in the mode that has it; null: the coordinator.</summary>
    public PartyId? ModelOwner { get; init; }

    /// <summary>What the helper is called, in the mode that has one; null: <c>helper</c>.</summary>
    public PartyId? Helper { get; init; }

    /// <summary>Looks tables up by secrets instead of reading them whole, for measurements: no task file leads here.</summary>
    internal bool ReadsTablesByIndex { get; init; }

    /// <summary>Bits of insecure keys in their place, for tests: no task file leads here.</summary>
    internal int? InsecureKeyBits { get; init; }
}
