using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Parties;

namespace Coterie.Federation.Tasks;

/// <summary>Names of participants, from whatever a task or a column says.</summary>
internal static class PartyNames
{
    private const int MaximumLength = 64;

    /// <summary><c>participant-1</c> to <c>participant-n</c>, with leading zeros so that their ordinal order is their order.</summary>
    public static ImmutableArray<PartyId> Numbered(int count)
    {
        var digits = count.ToString(CultureInfo.InvariantCulture).Length;
        return [.. Enumerable.Range(1, count).Select(k => new PartyId("participant-" + k.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')))];
    }

    /// <summary>Lower case, '-' for what a party's name may not hold, cut to length; a repeated name gets a number.</summary>
    public static ImmutableArray<PartyId> Sanitise(IEnumerable<string> names)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var ids = ImmutableArray.CreateBuilder<PartyId>();
        foreach (var name in names)
        {
            var bare = Clean(name);
            var unique = bare;
            for (var n = 2; !used.Add(unique); n++)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"-{n}");
                unique = bare[..Math.Min(bare.Length, MaximumLength - suffix.Length)] + suffix;
            }
            ids.Add(new PartyId(unique));
        }
        return ids.ToImmutable();
    }

    private static string Clean(string name)
    {
        var valid = string.Concat(name.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.' ? c : '-'));
        return valid.Length == 0 ? "participant" : valid[..Math.Min(valid.Length, MaximumLength)];
    }
}
