using System.Collections.Immutable;
using Coterie.Privacy.Sums;

namespace Coterie.Federation.Tasks;

/// <summary>The <c>privacy</c> section of a task file.</summary>
/// <param name="Mode">The mode's name; the mode catalogue knows it or not.</param>
public sealed record PrivacySettings(string Mode)
{
    /// <summary>Survivors a round needs; null: the mode's default.</summary>
    public int? Threshold { get; init; }

    /// <summary>Whether a roster below the mode's minimum is accepted.</summary>
    public bool AllowSmallRoster { get; init; }

    /// <summary>How participants are connected; null: the mode's default.</summary>
    public Topology? Topology { get; init; }

    /// <summary>Keys of single modes (<c>key-bits</c>, <c>computing</c>, <c>security</c>, <c>model-to</c>, <c>model-owner</c>, <c>helper</c>) as given; the mode checks them. Values as in <see cref="NamedParameters.Parameters"/>.</summary>
    public ImmutableSortedDictionary<string, object?> ModeKeys { get; init; } = ImmutableSortedDictionary.Create<string, object?>(StringComparer.Ordinal);
}
