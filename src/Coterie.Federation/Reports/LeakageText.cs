using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Parties;

namespace Coterie.Federation.Reports;

/// <summary>Puts what a run opened into plain words. Pure.</summary>
public static class LeakageText
{
    /// <summary>
    /// Gathers openings by party and kind, in the order in which each kind was first opened: numbers and times are added,
    /// of contributors the fewest are kept, because the sum over the fewest says most about each.
    /// </summary>
    /// <param name="openings">The transcript's openings.</param>
    /// <param name="why">Says why the mode opens it and what is assumed; may return an empty string.</param>
    public static ImmutableArray<LearnedRow> Rows(IEnumerable<Opening> openings, Func<Opening, string>? why = null)
    {
        ArgumentNullException.ThrowIfNull(openings);
        return
        [
            .. openings.GroupBy(o => (o.To, o.What, IsSum: o.Contributors > 0)).Select(group => new LearnedRow(
                group.Key.To.Name, group.Key.What, group.Sum(o => o.Values), group.Min(o => o.Contributors), group.Count(), why?.Invoke(group.First()) ?? "")),
        ];
    }

    /// <summary>One sentence that says who learned what.</summary>
    public static string Sentence(LearnedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return $"{row.Party} learned {What(row)}{Extent(row)}{Crowd(row.Contributors)}.";
    }

    /// <summary>What a number of contributors means for each of them, in one sentence; empty where the value is not a sum.</summary>
    public static string Protection(int contributors) => contributors switch
    {
        < 1 => "",
        1 => "A sum over one participant is that participant's own contribution.",
        2 => "Each of the two can subtract its own part and see the other's.",
        _ => $"One contribution stays hidden unless the other {Count(contributors - 1)} are known.",
    };

    private static string What(LearnedRow row) => row.What.Length == 0 ? "a value" : $"the {row.What}";

    private static string Extent(LearnedRow row)
    {
        var numbers = row.Numbers == 1 ? "1 number" : $"{Count(row.Numbers)} numbers";
        return row.Times <= 1 ? $": {numbers}" : $" {Count(row.Times)} times: {numbers} in all";
    }

    private static string Crowd(int contributors) => contributors switch
    {
        < 1 => "",
        1 => ", of one participant only",
        _ => $", each added over at least {Count(contributors)} participants",
    };

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
