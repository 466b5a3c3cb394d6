using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Parties;

namespace Coterie.Federation.Reports;

/// <summary>Puts what a run opened into plain words. Pure.</summary>
public static class LeakageText
{
    private static readonly string[] _openers = ["the ", "a ", "an ", "how ", "whether ", "which ", "that ", "its "];

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

    /// <summary>One sentence that says who learned what, for example "coordinator learned the sum of contributions (11 numbers, each added over 5 participants)."</summary>
    public static string Sentence(LearnedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var numbers = row.Numbers == 1 ? "1 number" : $"{NumberText.Count(row.Numbers)} numbers{(row.Times > 1 ? " in all" : "")}";
        var crowd = row.Contributors < 1 ? "" : row.Contributors == 1 ? ", of one participant alone" : $", {(row.Numbers == 1 ? "" : "each ")}added over {NumberText.Plural(row.Contributors, "participant")}";
        return $"{row.Party} learned {Noun(row)}{Often(row)} ({numbers}{crowd}).";
    }

    /// <summary>What was learned, as a phrase with a capital letter.</summary>
    public static string Phrase(LearnedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var noun = Noun(row);
        return char.ToUpper(noun[0], CultureInfo.InvariantCulture) + noun[1..] + Often(row) + ".";
    }

    /// <summary>What a number of contributors means for each of them, in one sentence; empty where the value is not a sum.</summary>
    public static string Protection(int contributors) => contributors switch
    {
        < 1 => "",
        1 => "A sum over one participant is that participant's own contribution.",
        2 => "Each of the two can subtract its own part and see the other's.",
        _ => $"A single contribution stays hidden in it unless the other {NumberText.Count(contributors - 1)} are known.",
    };

    private static string Noun(LearnedRow row) => row.What.Length == 0 ? "a value" : HasArticle(row.What) ? row.What : $"the {row.What}";

    private static bool HasArticle(string what) =>
        _openers.Any(o => what.StartsWith(o, StringComparison.OrdinalIgnoreCase));

    private static string Often(LearnedRow row) => row.Times <= 1 ? "" : $", {NumberText.Count(row.Times)} times";
}
