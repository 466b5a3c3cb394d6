using System.Collections.Immutable;
using Coterie.Core.Parties;

namespace Coterie.Core.Arithmetic;

/// <summary>Who an opening is for.</summary>
/// <param name="Parties">The parties that learn the value; nobody else does.</param>
public sealed record Audience(ImmutableArray<PartyId> Parties)
{
    /// <summary>One party.</summary>
    public static Audience Only(PartyId party) => new([party]);

    /// <summary>Everyone on the roster.</summary>
    public static Audience Everyone(Roster roster) => new([.. roster.Parties.Select(p => p.Id)]);
}
